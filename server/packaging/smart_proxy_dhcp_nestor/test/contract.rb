# frozen_string_literal: true

# contract.rb URL NETWORK ADDRESS: what the provider answers must be what Nestor answers there, call by call. ADDRESS is a
# free one in NETWORK. Run by Nestor's own tests, with plain Ruby and without a Smart Proxy.

require 'json'
require_relative '../lib/smart_proxy_dhcp_nestor/provider'

# The one part of the Smart Proxy's logging that the provider asks: which request it is at.
module Logging
  def self.mdc
    { 'request' => 'contract-4711' }
  end
end

URL, NETWORK, ADDRESS = ARGV
MAC = '02:00:00:00:47:11'
PROVIDER = Proxy::DHCP::Nestor::Provider.new(URL)

def expect(what, status, body = nil)
  status_now, headers, text = catch(:halt) { yield }
  fits = status_now == status && (body.nil? || body === text) && (text.empty? || headers.key?('Content-Type'))
  return puts("ok #{what}") if fits

  abort("#{what}: #{status} #{body.inspect} was expected, and came #{status_now} #{text.inspect} #{headers}")
end

fields = {
  'mac' => MAC, 'ip' => ADDRESS, 'hostname' => 'contract.example.org', 'name' => 'contract.example.org',
  'network' => NETWORK, 'nextServer' => '192.0.2.9', 'filename' => 'pxe/linux.0', 'related_macs' => [MAC]
}
record = ->(text) { JSON.parse(text).then { |it| (it.is_a?(Array) ? it[0] : it).values_at('ip', 'mac') == [ADDRESS, MAC] } }

expect('subnets', 200, ->(text) { JSON.parse(text).any? { |it| it['network'] == NETWORK } }) { PROVIDER.subnets }
expect('no subnet', 404) { PROVIDER.all_hosts('203.0.113.0') }
expect('unused', 200, ->(text) { JSON.parse(text).key?('ip') }) { PROVIDER.unused_ip(NETWORK, MAC, nil, nil) }
expect('unused in a range', 200, JSON.generate(ip: ADDRESS)) { PROVIDER.unused_ip(NETWORK, MAC, ADDRESS, ADDRESS) }
expect('malformed', 400) { PROVIDER.unused_ip(NETWORK, 'no mac', nil, nil) }
expect('not there', 404) { PROVIDER.find_record_by_mac(NETWORK, MAC) }
expect('made', 200, '') { PROVIDER.add_record(fields) }
expect('made again', 200, '') { PROVIDER.add_record(fields) }
expect('clash', 409) { PROVIDER.add_record(fields.merge('mac' => '02:00:00:00:47:12', 'related_macs' => [])) }
expect('by MAC', 200, record) { PROVIDER.find_record_by_mac(NETWORK, MAC) }
expect('by address', 200, record) { PROVIDER.find_records_by_ip(NETWORK, ADDRESS) }
expect('all', 200, ->(text) { JSON.parse(text)['reservations'].any? { |it| it['mac'] == MAC } }) { PROVIDER.all_hosts(NETWORK) }
expect('deleted by address', 200, '') { PROVIDER.del_records_by_ip(NETWORK, ADDRESS) }
expect('deleted by MAC', 200, '') { PROVIDER.del_record_by_mac(NETWORK, MAC) }
silent = Proxy::DHCP::Nestor::Provider.new('http://127.0.0.1:1')
expect('no Nestor', 503, /does not answer/) { silent.subnets }
