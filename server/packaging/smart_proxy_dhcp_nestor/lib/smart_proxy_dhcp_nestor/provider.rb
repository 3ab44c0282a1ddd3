# frozen_string_literal: true

require 'erb'
require 'net/http'
require 'openssl'
require 'uri'

module Proxy
  module DHCP
    module Nestor
      # Hands every DHCP call on to Nestor, and its answer back as it is: status, type and text. The Smart Proxy calls these
      # methods from within its routes, where `throw :halt` ends the call with an answer.
      class Provider
        # Foreman waits for 60 seconds, Nestor answers within 50.
        ANSWER_WITHIN = 58
        PASSED_BACK = %w[Content-Type Retry-After].freeze

        def initialize(url, ca_file: nil, certificate_file: nil, key_file: nil)
          @url = URI(url)
          @tls = @url.scheme == 'https' ? tls(ca_file, certificate_file, key_file) : {}
        end

        # Nestor judges addresses itself.
        def validate_supported_address(*); end

        def subnets
          forward(:Get, '')
        end

        # Reservations and leases come in one answer.
        def all_hosts(network)
          forward(:Get, network)
        end

        def unused_ip(network, mac, from, to)
          asked = { mac: mac, from: from, to: to }.compact
          forward(:Get, network, "unused_ip?#{URI.encode_www_form(asked)}")
        end

        def find_records_by_ip(network, address)
          forward(:Get, network, 'ip', address)
        end

        def find_record_by_mac(network, mac)
          forward(:Get, network, 'mac', mac)
        end

        def add_record(fields)
          forward(:Post, fields['network'], form: pairs(fields))
        end

        def del_records_by_ip(network, address)
          forward(:Delete, network, 'ip', address)
        end

        def del_record_by_mac(network, mac)
          forward(:Delete, network, 'mac', mac)
        end

        private

        def forward(verb, network, *rest, form: nil)
          path = ['/dhcp', ERB::Util.url_encode(network), *rest].reject(&:empty?).join('/')
          request = Net::HTTP.const_get(verb).new(path, 'Accept' => 'application/json')
          # Foreman's own number of the call, by which it is found in Nestor too.
          id = defined?(::Logging) && ::Logging.mdc['request']
          request['X-Request-Id'] = id if id
          request.set_form_data(form) if form
          throw :halt, answer(request)
        end

        def answer(request)
          patience = { open_timeout: 5, read_timeout: ANSWER_WITHIN, write_timeout: 10, max_retries: 0 }
          answer = Net::HTTP.start(@url.hostname, @url.port, nil, **patience, **@tls) { |nestor| nestor.request(request) }
          headers = PASSED_BACK.to_h { |name| [name, answer[name]] }.compact
          [answer.code.to_i, headers, answer.body.to_s]
        rescue SystemCallError, SocketError, IOError, Timeout::Error, OpenSSL::SSL::SSLError, Net::ProtocolError => e
          [503, { 'Content-Type' => 'application/json' }, "Nestor at #{@url} does not answer: #{e.message}"]
        end

        def tls(ca_file, certificate_file, key_file)
          options = { use_ssl: true, verify_mode: OpenSSL::SSL::VERIFY_PEER }
          options[:ca_file] = ca_file if ca_file
          return options unless certificate_file && key_file

          certificate = OpenSSL::X509::Certificate.new(File.read(certificate_file))
          options.merge(cert: certificate, key: OpenSSL::PKey.read(File.read(key_file)))
        end

        # Fields as a form has them, nested ones too.
        def pairs(value, name = nil)
          case value
          when Hash then value.flat_map { |key, inner| pairs(inner, name ? "#{name}[#{key}]" : key.to_s) }
          when Array then value.flat_map { |inner| pairs(inner, "#{name}[]") }
          else [[name, value.to_s]]
          end
        end
      end
    end
  end
end
