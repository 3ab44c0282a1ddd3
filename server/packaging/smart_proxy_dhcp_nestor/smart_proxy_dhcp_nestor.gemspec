# frozen_string_literal: true

Gem::Specification.new do |spec|
  spec.name = 'smart_proxy_dhcp_nestor'
  spec.version = '0.1.0'
  spec.summary = 'Nestor as a DHCP provider of the Foreman Smart Proxy'
  spec.description = 'Hands the DHCP calls of a Smart Proxy on to Nestor, a console for ISC Kea DHCP.'
  spec.authors = ['The Nestor contributors']
  spec.license = 'MIT'
  spec.required_ruby_version = '>= 2.7'
  spec.files = Dir['{lib,bundler.d,settings.d}/**/*'] + %w[LICENSE README.md]
end
