# Writes a Kea configuration (file CONF) and its leases (file LEASES): a mid-sized site. The same data every time, but for
# the times, which count from NOW. Variables: now, user, dir, conf, leases; peer and port for one of a pair; big: 1 for
# 500 subnets; only: the hook libraries, if not all; hosts: the folder of its socket, for a host database. Any awk will do.

# The same "random" numbers with every awk, which their rand() are not.
function random(n) { seed = (seed * 16807) % 2147483647; return int(seed / 2147483647 * n) }
function pick(list,   a) { return a[1 + random(split(list, a, " "))] }
function dotted(n) { return int(n / 16777216) % 256 "." int(n / 65536) % 256 "." int(n / 256) % 256 "." n % 256 }
function number(ip,   a) { split(ip, a, "."); return ((a[1] * 256 + a[2]) * 256 + a[3]) * 256 + a[4] }
function mac(subnet, kind, n) { return sprintf("02:%02x:00:%02x:%02x:%02x", subnet, kind, int(n / 256), n % 256) }

# --- leases ---
function lease(ip, hw, cid, valid, expire, subnet, host, state) {
  if (ip in used) return
  used[ip] = 1
  printf "%s,%s,%s,%.0f,%.0f,%d,0,0,%s,%d,,0\n", ip, hw, cid, valid, expire, subnet, host, state > leases
}
function host_name(subnet, n,   kind) {
  kind = random(20)
  if (kind < 3) return ""
  if (kind < 5) return "desktop-" substr("4f7k2q9b1xw8t3m6zc0r5vhd", 1 + random(17), 7)
  if (kind < 7) return pick("iphone ipad galaxy-s23 pixel-8 android-5d3e1c")
  if (kind < 11) return pick("anna ben carla dmitri elif farid grace hugo ines jonas kenji lea mads noor olga pavel rosa sven tariq uma") "s-" pick("macbook-pro macbook-air thinkpad surface")
  return pick("laptop ws lab-pc tablet") "-" sprintf("%d%03d", subnet, n % 1000)
}
# One address of every hundred*share in a range, leased for VALID seconds of which between SOON and VALID are left.
function fill(subnet, first, last, share, valid, soon,   i, hw, cid, left, state, host) {
  for (i = number(first); i <= number(last); i++) {
    if (random(1000) >= share * 1000) continue
    n++
    hw = mac(subnet, 9, n)
    cid = random(3) ? "" : "01:" hw
    host = host_name(subnet, n)
    if (dotted(i) in reserved_ip) continue
    left = soon + random(valid - soon)
    state = 0
    if (subnet == 10) { # the big one has some of everything
      if (n % 41 == 0) left = -60 - random(7200)                                         # expired, Kea has not noticed yet
      if (n % 29 == 0) { state = 2; left = -7200 - random(80000); host = ""; cid = "" }  # expired and reclaimed
      if (n % 97 == 0) { state = 1; left = 3600 + random(80000); hw = cid = host = "" }  # declined: in use by another client
      if (n % 101 == 0) { lease(dotted(i), hw, cid, 4294967295, now - random(9000000) + 4294967295, subnet, host, state); continue }
    }
    lease(dotted(i), hw, cid, state == 1 ? 86400 : valid, now + left, subnet, host, state)
  }
}

# --- reservations ---
# HELD: seconds that the host's own lease of the address still lasts; 0: the host is not there.
function reserve(subnet, type, id, ip, host, more, held) {
  reservations[subnet] = reservations[subnet] (reservations[subnet] == "" ? "" : ",") "\n        { \"" type "\": \"" id "\"" \
    (ip == "" ? "" : ", \"ip-address\": \"" ip "\"") (host == "" ? "" : ", \"hostname\": \"" host "\"") (more == "" ? "" : ", " more) " }"
  if (ip != "") reserved_ip[ip] = 1
  if (held) lease(ip, type == "hw-address" ? id : mac(subnet, 7, 1), type == "client-id" ? id : "", 14400, now + held, subnet, host, 0)
}
function comment(text) { return "\"user-context\": { \"comment\": \"" text "\" }" }
function option(name, data) { return "{ \"name\": \"" name "\", \"data\": \"" data "\" }" }
function options(list) { return "\"option-data\": [ " list " ]" }
function boot(server, file, host) { return "\"next-server\": \"" server "\", \"boot-file-name\": \"" file "\"" (host == "" ? "" : ", \"server-hostname\": \"" host "\"") }

function make_reservations(   i) {
  # campus
  reserve(10, "hw-address", mac(10, 1, 1), "10.10.0.20", "files", comment("storage, do not move"), 9000)
  reserve(10, "hw-address", mac(10, 1, 2), "10.10.0.21", "backup", comment("nightly, asleep in the day"), 0)
  reserve(10, "hw-address", mac(10, 1, 3), "10.10.0.22", "ldap-1", options(option("ntp-servers", "10.10.0.4") ", " option("domain-name", "auth.example.org")), 8000)
  reserve(10, "hw-address", mac(10, 1, 4), "10.10.0.23", "ldap-2", options(option("ntp-servers", "10.10.0.4")), 0)
  reserve(10, "client-id", "01:02:0a:00:07:00:01", "10.10.0.30", "lab-server", comment("its network cards are swapped often, hence by client id"), 6000)
  reserve(10, "duid", "00:03:00:01:02:0a:00:01:00:05", "10.10.0.31", "compute-head", "", 0)
  reserve(10, "circuit-id", "'sw-b2/0/17'", "10.10.0.40", "lecture-hall-b2", comment("the device plugged in there"), 0)
  reserve(10, "flex-id", "'door-unit-12'", "10.10.0.41", "door-12", "", 0)
  reserve(10, "hw-address", mac(10, 1, 9), "", "visitor-kiosk", "\"client-classes\": [ \"kiosk\" ], " comment("any address, but its name and class"), 0)
  for (i = 1; i <= 6; i++)
    reserve(10, "hw-address", mac(10, 2, i), "10.10.2." 100 + i, sprintf("node-%02d", i), boot("10.10.0.5", i % 2 ? "ipxe.efi" : "grub/grubx64.efi", i < 3 ? "boot-1.example.org" : ""), i % 3 ? 5000 + i : 0)
  # office, where the live clients are: three of them (kind 0, 256+n) have reservations, the other hosts come when a test calls them
  reserve(20, "hw-address", mac(20, 0, 259), "10.20.0.13", "laptop-003", "", 500)
  reserve(20, "hw-address", mac(20, 0, 273), "10.20.0.27", "phone-017", "", 0)
  reserve(20, "hw-address", mac(20, 0, 284), "10.20.0.38", "desktop-028", "\"client-classes\": [ \"kiosk\" ], " comment("reception desk"), 450)
  reserve(20, "hw-address", mac(20, 0, 513), "10.20.0.51", "build-01", boot("10.20.0.5", "ipxe.efi", "boot-2.example.org"), 0)
  reserve(20, "hw-address", mac(20, 0, 514), "10.20.0.52", "build-02", boot("10.20.0.5", "pxelinux.0", ""), 0)
  reserve(20, "hw-address", mac(20, 0, 515), "10.20.0.53", "build-03", options(option("domain-name-servers", "10.20.0.2") ", " option("routers", "10.20.0.254")), 0)
  # floor 3
  for (i = 1; i <= 4; i++) reserve(31, "hw-address", mac(31, 1, i), "10.31.0." 10 + i, sprintf("east-printer-%d", i), "", i % 2 ? 12000 : 0)
  reserve(32, "hw-address", mac(32, 1, 1), "10.32.0.11", "west-printer-1", "", 11000)
  reserve(32, "hw-address", mac(32, 1, 2), "10.32.0.12", "west-beamer", comment("moves to 3.14 in spring"), 0)
  # telephones
  for (i = 1; i <= 8; i++) reserve(40, "hw-address", mac(40, 1, i), "10.40.0." 10 + i, sprintf("desk-phone-%02d", i), "\"client-classes\": [ \"voip\" ]", i < 6 ? 7000 + 100 * i : 0)
  # management: no pool, these and no others
  for (i = 1; i <= 10; i++) reserve(70, "hw-address", mac(70, 1, i), "10.70.0." 10 + i, sprintf("switch-%02d", i), i == 1 ? comment("core") : "", i < 8 ? 13000 : 0)
  # printers; the address of the last one is held by another client
  for (i = 1; i <= 7; i++) reserve(80, "hw-address", mac(80, 1, i), "10.80.0." 10 + i, sprintf("printer-%02d", i), "", i % 3 ? 10000 + i : 0)
  reserve(80, "hw-address", mac(80, 1, 8), "10.80.0.31", "plotter", comment("new in the workshop"), 0)
  lease("10.80.0.31", mac(80, 9, 4095), "01:" mac(80, 9, 4095), 86400, now + 80000, 80, "old-plotter", 0)
  # warehouse
  for (i = 1; i <= 4; i++) reserve(90, "hw-address", mac(90, 1, i), "10.90.0." 10 + i, sprintf("scanner-gate-%d", i), "", i % 2 ? 9000 : 0)
}
# So many more subnets that there are 500, and so many more leases that there are 65,000.
function make_many(   i, id, j, hw, net) {
  for (i = 0; i < 489; i++) {
    id = 1000 + i
    net = "10." (120 + int(i / 250)) "." (i % 250)
    for (j = 10; j < 137; j++) {
      hw = sprintf("02:%02x:09:%02x:00:%02x", int(id / 256), id % 256, j)
      lease(net "." j, hw, "01:" hw, 86400, now + 600 + random(80000), id, "host-" id "-" j, 0)
    }
    for (j = 1; j <= 3; j++) reserve(id, "hw-address", sprintf("02:%02x:01:%02x:00:%02x", int(id / 256), id % 256, j), net "." 200 + j, "fixed-" id "-" j, "", 0)
    many = many "," subnet(id, net ".0/24", "rack-" i, pool(net ".10-" net ".199"), option("routers", net ".1"), times(86400))
  }
}
function make_leases(   i, name) {
  fill(10, "10.10.1.0", "10.10.3.255", 0.93, 345600, 60)
  fill(10, "10.10.16.0", "10.10.19.255", 0.88, 345600, 60)
  fill(10, "10.10.200.0", "10.10.200.127", 0.3, 345600, 60)
  # Some of the live clients (lab.sh, client_name) were there before.
  for (i = 2; i <= 60; i += 5) {
    name = i % 10 == 7 ? "phone" : "laptop"
    if (i != 17) lease("10.20.0." 100 + int(i / 5), mac(20, 0, 256 + i), "01:" mac(20, 0, 256 + i), 600, now + 60 + random(500), 20, sprintf("%s-%03d", name, i), 0)
  }
  fill(31, "10.31.0.50", "10.31.0.220", 0.4, 86400, 600)
  fill(32, "10.32.0.50", "10.32.0.220", 0.55, 86400, 600)
  fill(40, "10.40.0.50", "10.40.0.249", 0.5, 86400, 600)
  fill(50, "10.50.0.10", "10.50.3.250", 0.945, 172800, 86400)
  for (i = 2; i <= 5; i++) lease("10.60.0." i, mac(60, 9, i), "", 86400, now + 40000 + random(40000), 60, "dmz-" i, 0)
  lease("10.80.0.32", mac(80, 9, 4094), "", 86400, now + 50000, 80, "multifunction-printer-of-the-department-of-comparative-literature-second-floor.campus.example.org", 0)
  fill(80, "10.80.0.30", "10.80.0.200", 0.3, 86400, 600)
  fill(90, "10.90.0.100", "10.90.0.180", 0.7, 86400, 600)
  fill(90, "10.90.0.200", "10.90.0.250", 0.9, 86400, 600)
  # Cameras got their addresses for good.
  for (i = 1; i <= 64; i++) lease("10.100.0." 20 + i, mac(100, 9, i), "", 4294967295, now - random(30000000) + 4294967295, 100, sprintf("camera-%02d", i), 0)
}

# --- the configuration ---
function subnet(id, prefix, name, pools, opts, more) {
  return "\n      { \"id\": " id ", \"subnet\": \"" prefix "\", \"user-context\": { \"name\": \"" name "\" }" (more == "" ? "" : ", " more) "," \
    "\n        \"pools\": [ " pools " ]," "\n        \"option-data\": [ " opts " ]," \
    "\n        \"reservations\": [" reservations[id] " ] }"
}
function pool(range, more) { return "{ \"pool\": \"" range "\"" (more == "" ? "" : ", " more) " }" }
function peer_of(name, role, port) { return "{ \"name\": \"" name "\", \"role\": \"" role "\", \"url\": \"http://127.0.0.1:" port "/\" }" }
# A pair on loopback that sees within seconds that one of it is gone, whether any client asks or not.
function ha(peer, port) {
  return "{ \"library\": \"libdhcp_ha.so\", \"parameters\": { \"high-availability\": [ {\n" \
    "    \"this-server-name\": \"" peer "\", \"mode\": \"hot-standby\",\n" \
    "    \"heartbeat-delay\": 1000, \"max-response-delay\": 4000, \"max-unacked-clients\": 0,\n" \
    "    \"peers\": [ " peer_of("kea1", "primary", port) ", " peer_of("kea2", "standby", port + 1) " ] } ] } }"
}
function times(valid) { return "\"valid-lifetime\": " valid ", \"renew-timer\": " int(valid / 2) ", \"rebind-timer\": " int(valid * 7 / 8) }

BEGIN {
  seed = 20240229
  print "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id" > leases
  make_reservations()
  make_leases()
  if (big == 1) make_many()
  split(only == "" ? "lease_cmds host_cmds subnet_cmds stat_cmds class_cmds" : only, hook, "[ ,]+")
  for (i = 1; i in hook; i++) hooks = hooks (i > 1 ? ", " : "") "{ \"library\": \"libdhcp_" hook[i] ".so\" }"
  if (hosts != "") hooks = hooks ", { \"library\": \"libdhcp_pgsql.so\" }"
  if (peer != "") hooks = hooks ",\n    " ha(peer, port)

  # lab.sh puts the interface and the port in. The last but one line keeps expired leases in sight: Kea looks for them every hour.
  print "{ \"Dhcp4\": {\n" \
    "  \"interfaces-config\": { \"interfaces\": [ ] },\n" \
    "  \"control-sockets\": [ { \"socket-type\": \"http\", \"socket-address\": \"127.0.0.1\", \"socket-port\": 8001,\n" \
    "    \"authentication\": { \"type\": \"basic\", \"realm\": \"kea\", \"directory\": \"" dir "\",\n" \
    "      \"clients\": [ { \"user\": \"" user "\", \"password-file\": \"kea.password\" } ] } } ],\n" \
    "  \"hooks-libraries\": [ " hooks " ],\n" \
    "  \"loggers\": [ { \"name\": \"kea-dhcp4\", \"severity\": \"INFO\", \"output-options\": [ { \"output\": \"stdout\" } ] },\n" \
    "    { \"name\": \"kea-dhcp4.auth\", \"severity\": \"WARN\", \"output-options\": [ { \"output\": \"stdout\" } ] } ],\n" \
    (hosts == "" ? "" : "  \"hosts-database\": { \"type\": \"postgresql\", \"name\": \"kea\", \"user\": \"" user "\", \"host\": \"" hosts "\" },\n") \
    "  \"lease-database\": { \"type\": \"memfile\", \"name\": \"leases4.csv\" },\n" \
    "  \"expired-leases-processing\": { \"reclaim-timer-wait-time\": 3600, \"flush-reclaimed-timer-wait-time\": 3600, \"hold-reclaimed-time\": 604800 },\n" \
    "  \"authoritative\": true, " times(14400) "," > conf
  print "  \"host-reservation-identifiers\": [ \"hw-address\", \"client-id\", \"duid\", \"circuit-id\", \"flex-id\" ],\n" \
    "  " options(option("domain-name-servers", "10.10.0.2, 10.10.0.3") ", " option("domain-name", "example.org") ", " option("ntp-servers", "10.10.0.4")) ",\n" \
    "  \"client-classes\": [\n" \
    "    { \"name\": \"pxe-uefi\", \"test\": \"option[93].hex == 0x0007\", " boot("10.10.0.5", "ipxe.efi", "") " },\n" \
    "    { \"name\": \"pxe-bios\", \"test\": \"option[93].hex == 0x0000\", " boot("10.10.0.5", "undionly.kpxe", "") " },\n" \
    "    { \"name\": \"voip\", \"test\": \"substring(option[60].hex,0,6) == 'yealin'\", " options(option("tftp-server-name", "10.40.0.5")) " },\n" \
    "    { \"name\": \"kiosk\", " options(option("interface-mtu", "1400")) ", " comment("given by reservations") " } ],\n" \
    "  \"shared-networks\": [ { \"name\": \"floor-3\", " comment("two prefixes on one cable") ", " options(option("domain-name", "floor3.example.org")) ",\n" \
    "    \"subnet4\": [" subnet(31, "10.31.0.0/24", "floor-3-east", pool("10.31.0.50-10.31.0.220"), option("routers", "10.31.0.1"), times(86400)) \
    "," subnet(32, "10.32.0.0/24", "floor-3-west", pool("10.32.0.50-10.32.0.220"), option("routers", "10.32.0.1"), times(86400)) " ] } ]," > conf
  print "  \"subnet4\": [" \
    subnet(10, "10.10.0.0/16", "campus", \
      pool("10.10.1.0-10.10.3.255", "\"user-context\": { \"name\": \"staff\" }") ", " \
      pool("10.10.16.0-10.10.19.255", "\"user-context\": { \"name\": \"students\" }") ", " \
      pool("10.10.200.0-10.10.200.127", "\"client-classes\": [ \"pxe-uefi\" ], \"user-context\": { \"name\": \"installations\" }"), \
      option("routers", "10.10.0.1") ", " option("domain-name", "campus.example.org") ", " option("interface-mtu", "1500"), times(345600)) "," \
    subnet(20, "10.20.0.0/24", "office", pool("10.20.0.100-10.20.0.220"), \
      option("routers", "10.20.0.1") ", " option("domain-name-servers", "10.20.0.2, 10.10.0.2") ", " option("domain-name", "office.example.org"), times(600)) "," \
    subnet(40, "10.40.0.0/24", "telephones", pool("10.40.0.50-10.40.0.249", "\"client-classes\": [ \"voip\" ]"), option("routers", "10.40.0.1"), times(86400)) "," \
    subnet(50, "10.50.0.0/22", "guest-wifi", pool("10.50.0.10-10.50.3.250"), option("routers", "10.50.0.1") ", " option("domain-name-servers", "10.50.0.1"), times(172800)) "," \
    subnet(60, "10.60.0.0/29", "dmz", pool("10.60.0.2-10.60.0.6"), option("routers", "10.60.0.1"), times(86400)) "," \
    subnet(70, "10.70.0.0/24", "management", "", option("routers", "10.70.0.1"), "") "," \
    subnet(80, "10.80.0.0/24", "printers", pool("10.80.0.30-10.80.0.200"), option("routers", "10.80.0.1"), times(86400)) "," \
    subnet(90, "10.90.0.0/24", "warehouse", pool("10.90.0.100-10.90.0.180") ", " pool("10.90.0.200-10.90.0.250"), option("routers", "10.90.0.1") ", " option("interface-mtu", "1400"), times(86400)) "," \
    subnet(100, "10.100.0.0/24", "cameras", pool("10.100.0.20-10.100.0.200"), option("routers", "10.100.0.1") ", " option("ntp-servers", "10.100.0.1"), "") many " ]\n} }" > conf
}
