# Writes a kea-dhcp6 configuration (file CONF) and its leases (file LEASES): a small site. The same data every time, but for
# the times, which count from NOW. Variables: now, user, dir, conf, leases. Any awk will do.

function mac(subnet, n) { return sprintf("02:%02x:06:00:00:%02x", subnet, n) }
function duid(subnet, n) { return "00:03:00:01:" mac(subnet, n) }

# --- leases ---
# Of an address (KIND 0) or of a prefix (KIND 2) of so many bits.
function lease(kind, ip, bits, subnet, n, valid, expire, host, state) {
  printf "%s,%s,%.0f,%.0f,%d,%.0f,%d,%d,%d,0,0,%s,%s,%d,,1,,0\n", ip, state == 1 ? "00:00:00" : duid(subnet, n), valid, expire, subnet, \
    valid == 4294967295 ? valid : int(valid * 5 / 8), kind, kind + 1, bits, host, state == 1 || n % 3 == 0 ? "" : mac(subnet, n), state > leases
}
function make_leases(   i) {
  # campus has some of everything
  for (i = 1; i <= 60; i++) lease(0, sprintf("2001:db8:10::1:%x", i * 7), 128, 10, i, 86400, now + 600 + i * 1200, sprintf("laptop-%03d", i), 0)
  lease(0, "2001:db8:10::1:f001", 128, 10, 101, 86400, now - 900, "expired", 0)
  lease(0, "2001:db8:10::1:f002", 128, 10, 102, 86400, now - 9000, "", 2)
  lease(0, "2001:db8:10::1:f003", 128, 10, 103, 86400, now + 40000, "", 1)
  lease(0, "2001:db8:10::1:f004", 128, 10, 104, 4294967295, now - 9000 + 4294967295, "camera", 0)
  # the servers that are there: one with both of its addresses and its prefix, one whose address another client holds
  lease(0, "2001:db8:10::20", 128, 10, 201, 86400, now + 50000, "files", 0)
  lease(0, "2001:db8:10::21", 128, 10, 201, 86400, now + 50000, "files", 0)
  lease(2, "2001:db8:e010::", 56, 10, 201, 86400, now + 50000, "", 0)
  lease(0, "2001:db8:10::23", 128, 10, 250, 86400, now + 30000, "old-backup", 0)
  # office, whose addresses are anywhere
  for (i = 1; i <= 20; i++) lease(0, sprintf("2001:db8:20:0:%x:%x:%x:%x", i * 2731, i * 977, i * 1597, i * 211), 128, 20, i, 3600, now + 120 + i * 60, i % 4 ? sprintf("desk-%02d", i) : "", 0)
  # customers: an address and a prefix each
  for (i = 1; i <= 25; i++) {
    lease(0, sprintf("2001:db8:30::1:%x", i), 128, 30, i, 172800, now + i * 6000, sprintf("cpe-%02d", i), 0)
    lease(2, sprintf("2001:db8:e0%02x:%x00::", int(i / 10), i), 56, 30, i, 172800, now + i * 6000, "", 0)
  }
}

# --- the configuration ---
function list(texts,   a, i, all) {
  for (i = 1; i <= split(texts, a, " "); i++) all = all (i > 1 ? ", " : "") "\"" a[i] "\""
  return "[ " all " ]"
}
function reserve(type, id, addresses, prefixes, host, more) {
  return "\n        { \"" type "\": \"" id "\"" (addresses == "" ? "" : ", \"ip-addresses\": " list(addresses)) \
    (prefixes == "" ? "" : ", \"prefixes\": " list(prefixes)) ", \"hostname\": \"" host "\"" (more == "" ? "" : ", " more) " }"
}
function comment(text) { return "\"user-context\": { \"comment\": \"" text "\" }" }
function option(name, data) { return "{ \"name\": \"" name "\", \"data\": \"" data "\" }" }
function subnet(id, prefix, name, pools, more, reservations) {
  return "\n      { \"id\": " id ", \"subnet\": \"" prefix "\", \"user-context\": { \"name\": \"" name "\" }" (more == "" ? "" : ", " more) "," \
    "\n        \"pools\": [ " pools " ]," "\n        \"reservations\": [" reservations " ] }"
}
function pool(range) { return "{ \"pool\": \"" range "\" }" }
function times(valid) { return "\"preferred-lifetime\": " int(valid * 5 / 8) ", \"valid-lifetime\": " valid }

BEGIN {
  print "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id" > leases
  make_leases()
  split(only == "" ? "lease_cmds host_cmds subnet_cmds stat_cmds class_cmds" : only, hook, "[ ,]+")
  for (i = 1; i in hook; i++) hooks = hooks (i > 1 ? ", " : "") "{ \"library\": \"libdhcp_" hook[i] ".so\" }"
  for (i = 1; i <= 6; i++) printers = printers "," reserve("hw-address", mac(10, 210 + i), "2001:db8:10::3" i, "", "printer-0" i, "")

  # lab.sh puts the port in. Expired leases stay in sight: Kea looks for them every hour.
  print "{ \"Dhcp6\": {\n" \
    "  \"interfaces-config\": { \"interfaces\": [ ] },\n" \
    "  \"control-sockets\": [ { \"socket-type\": \"http\", \"socket-address\": \"127.0.0.1\", \"socket-port\": 8002,\n" \
    "    \"authentication\": { \"type\": \"basic\", \"realm\": \"kea\", \"directory\": \"" dir "\",\n" \
    "      \"clients\": [ { \"user\": \"" user "\", \"password-file\": \"kea.password\" } ] } } ],\n" \
    "  \"hooks-libraries\": [ " hooks " ],\n" \
    "  \"loggers\": [ { \"name\": \"kea-dhcp6\", \"severity\": \"INFO\", \"output-options\": [ { \"output\": \"stdout\" } ] },\n" \
    "    { \"name\": \"kea-dhcp6.auth\", \"severity\": \"WARN\", \"output-options\": [ { \"output\": \"stdout\" } ] } ],\n" \
    "  \"lease-database\": { \"type\": \"memfile\", \"name\": \"leases6.csv\" },\n" \
    "  \"expired-leases-processing\": { \"reclaim-timer-wait-time\": 3600, \"flush-reclaimed-timer-wait-time\": 3600, \"hold-reclaimed-time\": 604800 },\n" \
    "  " times(14400) ",\n" \
    "  \"host-reservation-identifiers\": [ \"duid\", \"hw-address\", \"flex-id\" ],\n" \
    "  \"option-data\": [ " option("dns-servers", "2001:db8:10::53, 2001:db8:10::54") ", " option("domain-search", "example.org") " ],\n" \
    "  \"client-classes\": [ { \"name\": \"kiosk\", " comment("given by reservations") " } ],\n" \
    "  \"shared-networks\": [ { \"name\": \"floor-3\", " comment("two prefixes on one cable") ",\n" \
    "    \"subnet6\": [" subnet(31, "2001:db8:31::/64", "floor-3-east", pool("2001:db8:31::1:0/112"), times(86400), \
        reserve("duid", duid(31, 1), "2001:db8:31::11", "", "east-printer-1", "")) \
    "," subnet(32, "2001:db8:32::/64", "floor-3-west", "", times(86400), \
        reserve("duid", duid(32, 1), "2001:db8:32::11", "", "west-printer-1", "")) " ] } ]," > conf
  print "  \"subnet6\": [" \
    subnet(10, "2001:db8:10::/64", "campus", pool("2001:db8:10::1:0/112"), times(86400), \
      reserve("duid", duid(10, 201), "2001:db8:10::20 2001:db8:10::21", "2001:db8:e010::/56", "files", comment("storage, do not move")) "," \
      reserve("duid", duid(10, 202), "2001:db8:10::22", "", "ldap-1", "\"option-data\": [ " option("sntp-servers", "2001:db8:10::4") " ]") "," \
      reserve("duid", duid(10, 203), "2001:db8:10::23", "", "backup", comment("its address is still held by the old one")) "," \
      reserve("flex-id", "'door-unit-12'", "2001:db8:10::41", "", "door-12", "") "," \
      reserve("duid", duid(10, 204), "", "", "visitor-kiosk", "\"client-classes\": [ \"kiosk\" ]") printers) "," \
    subnet(20, "2001:db8:20::/64", "office", pool("2001:db8:20::/64"), times(3600), \
      reserve("hw-address", mac(20, 201), "2001:db8:20::51", "", "build-01", "")) "," \
    subnet(30, "2001:db8:30::/64", "customers", pool("2001:db8:30::1:0/112"), \
      "\"pd-pools\": [ { \"prefix\": \"2001:db8:e000::\", \"prefix-len\": 44, \"delegated-len\": 56 } ], " times(172800), \
      reserve("duid", duid(30, 201), "2001:db8:30::11 2001:db8:30::12", "2001:db8:e011:100::/56 2001:db8:e011:200::/56", "big-customer", \
        "\"excluded-prefixes\": [ \"\", \"2001:db8:e011:200::/64\" ]") "," \
      reserve("duid", duid(30, 202), "", "2001:db8:e011:300::/56", "prefix-only", "")) " ]\n} }" > conf
}
