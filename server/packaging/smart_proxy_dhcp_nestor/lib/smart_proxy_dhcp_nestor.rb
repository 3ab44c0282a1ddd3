# frozen_string_literal: true

require 'dhcp_common/dhcp_common'
require 'smart_proxy_dhcp_nestor/plugin'
