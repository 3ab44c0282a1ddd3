gem 'smart_proxy_dhcp_nestor'
