# frozen_string_literal: true

module Proxy
  module DHCP
    module Nestor
      # What the Smart Proxy loads, and how it gets its provider.
      class Wiring
        def load_classes
          require 'smart_proxy_dhcp_nestor/provider'
        end

        def load_dependency_injection_wirings(container, settings)
          own = ::Proxy::SETTINGS
          files = {
            ca_file: settings[:ca_file] || own.ssl_ca_file,
            certificate_file: settings[:certificate_file] || own.ssl_certificate,
            key_file: settings[:key_file] || own.ssl_private_key
          }
          container.singleton_dependency :dhcp_provider, -> { Provider.new(settings[:url], **files) }
        end
      end

      class Plugin < ::Proxy::Provider
        plugin :dhcp_nestor, '0.1.0'
        requires :dhcp, '>= 3.5'
        capability 'dhcp_filename_ipv4'
        capability 'dhcp_filename_hostname'
        default_settings url: 'http://127.0.0.1:8000'
        validate :url, url: true
        load_classes Wiring
        load_dependency_injection_wirings Wiring
      end
    end
  end
end
