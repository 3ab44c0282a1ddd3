//! The options, by code. Names and kinds are those of Kea 3.0; `server/kea/tests/options.rs` asks it about each.

use super::OptionKind::{
    Address, AddressPairs, Addresses, Flag, Hex, Name, Names, Number, Numbers, Parts, Routes, Text,
};
use super::{OptionKind, StandardOption};

const fn octet() -> OptionKind {
    Number { least: 0, most: 255, unit: "" }
}

const fn short(unit: &'static str) -> OptionKind {
    Number { least: 0, most: 65_535, unit }
}

const fn long(unit: &'static str) -> OptionKind {
    Number { least: 0, most: 4_294_967_295, unit }
}

const fn option(
    code: u16,
    name: &'static str,
    label: &'static str,
    kind: OptionKind,
    example: &'static str,
) -> StandardOption {
    StandardOption { code, name, label, kind, defined: true, example }
}

/// One that Kea has no definition of.
const fn undefined(
    code: u16,
    name: &'static str,
    label: &'static str,
    kind: OptionKind,
    example: &'static str,
) -> StandardOption {
    StandardOption { code, name, label, kind, defined: false, example }
}

const ONE: &str = "192.0.2.1";
const TWO: &str = "192.0.2.1, 192.0.2.2";

/// Every option that forms offer, by code.
pub const STANDARD_OPTIONS: &[StandardOption] = &[
    option(1, "subnet-mask", "Network mask", Address, "255.255.255.0"),
    option(2, "time-offset", "Time zone, from UTC", ZONE, "3600"),
    option(3, "routers", "Default gateways", Addresses, ONE),
    option(4, "time-servers", "Time servers (RFC 868)", Addresses, TWO),
    option(6, "domain-name-servers", "DNS servers", Addresses, TWO),
    option(7, "log-servers", "Log servers", Addresses, ONE),
    option(9, "lpr-servers", "Print servers", Addresses, ONE),
    option(12, "host-name", "Host name", Name, "web-01"),
    option(13, "boot-size", "Size of the boot file", short("blocks of 512 octets"), "64"),
    option(14, "merit-dump", "Crash dump file", Text, "/var/crash/core"),
    option(15, "domain-name", "Domain name", Name, "example.org"),
    option(16, "swap-server", "Swap server", Address, ONE),
    option(17, "root-path", "Root disk", Text, "192.0.2.5:/srv/root,ro"),
    option(18, "extensions-path", "File with further options", Text, "/extensions"),
    option(19, "ip-forwarding", "Forward packets", Flag, "false"),
    option(20, "non-local-source-routing", "Forward source routes", Flag, "false"),
    option(21, "policy-filter", "Allowed source routes", AddressPairs, "198.51.100.0, 255.255.255.0"),
    option(22, "max-dgram-reassembly", "Largest datagram", short("octets"), "1500"),
    option(23, "default-ip-ttl", "Time to live", octet(), "64"),
    option(26, "interface-mtu", "MTU", Number { least: 68, most: 65_535, unit: "octets" }, "1500"),
    option(27, "all-subnets-local", "All subnets have this MTU", Flag, "true"),
    option(28, "broadcast-address", "Broadcast address", Address, "192.0.2.255"),
    option(31, "router-discovery", "Look for routers", Flag, "true"),
    option(33, "static-routes", "Routes to hosts", AddressPairs, "198.51.100.7, 192.0.2.1"),
    option(35, "arp-cache-timeout", "ARP cache", long("seconds"), "60"),
    option(37, "default-tcp-ttl", "Time to live of TCP", octet(), "64"),
    option(38, "tcp-keepalive-interval", "TCP keep-alive", long("seconds"), "7200"),
    option(40, "nis-domain", "NIS domain", Text, "example"),
    option(41, "nis-servers", "NIS servers", Addresses, TWO),
    option(42, "ntp-servers", "NTP servers", Addresses, TWO),
    option(43, "vendor-encapsulated-options", "Vendor options", Parts, "01:04:c0:00:02:01"),
    option(44, "netbios-name-servers", "WINS servers", Addresses, ONE),
    option(46, "netbios-node-type", "NetBIOS node type", octet(), "8"),
    option(47, "netbios-scope", "NetBIOS scope", Text, "office"),
    option(48, "font-servers", "X font servers", Addresses, ONE),
    option(49, "x-display-manager", "X display managers", Addresses, ONE),
    option(60, "vendor-class-identifier", "Vendor class", Text, "PXEClient"),
    option(64, "nisplus-domain-name", "NIS+ domain", Text, "example"),
    option(65, "nisplus-servers", "NIS+ servers", Addresses, ONE),
    option(66, "tftp-server-name", "TFTP server name", Text, "boot.example.org"),
    option(67, "boot-file-name", "Boot file", Text, "grub/grubx64.efi"),
    option(69, "smtp-server", "SMTP servers", Addresses, ONE),
    option(70, "pop-server", "POP3 servers", Addresses, ONE),
    option(71, "nntp-server", "NNTP servers", Addresses, ONE),
    option(72, "www-server", "Web servers", Addresses, ONE),
    option(74, "irc-server", "IRC servers", Addresses, ONE),
    option(77, "user-class", "User class", Hex, "04:69:50:58:45"),
    option(85, "nds-servers", "NDS servers", Addresses, ONE),
    option(86, "nds-tree-name", "NDS tree", Text, "TREE"),
    option(87, "nds-context", "NDS context", Text, "ou=office"),
    option(88, "bcms-controller-names", "Broadcast controllers, by name", Names, "a.example.org"),
    option(89, "bcms-controller-address", "Broadcast controllers", Addresses, ONE),
    option(100, "pcode", "Time zone (POSIX)", Text, "CET-1CEST,M3.5.0,M10.5.0/3"),
    option(101, "tcode", "Time zone (name)", Text, "Europe/Zurich"),
    option(108, "v6-only-preferred", "Do without IPv4", long("seconds"), "1800"),
    option(112, "netinfo-server-address", "NetInfo servers", Addresses, ONE),
    option(114, "v4-captive-portal", "Captive portal", Text, "https://portal.example.org/api"),
    option(116, "auto-config", "Choose an address without a server", Number { least: 0, most: 1, unit: "" }, "0"),
    option(117, "name-service-search", "Order of name services", Numbers { most: 65_535 }, "6, 44"),
    option(119, "domain-search", "Search domains", Names, "example.org, lab.example.org"),
    option(121, "classless-static-route", "Routes", Routes, "198.51.100.0/24 - 192.0.2.1, 0.0.0.0/0 - 192.0.2.254"),
    option(138, "capwap-ac-v4", "Wireless controllers (CAPWAP)", Addresses, TWO),
    option(141, "sip-ua-cs-domains", "SIP domains", Names, "voice.example.org"),
    option(143, "v4-sztp-redirect", "Zero-touch bootstrap servers", Text, "https://ztp.example.org"),
    undefined(150, "tftp-server-address", "TFTP servers (telephones)", Addresses, TWO),
    undefined(209, "pxelinux-configfile", "PXELINUX configuration file", Text, "pxelinux.cfg/default"),
    undefined(210, "pxelinux-pathprefix", "PXELINUX path", Text, "/tftpboot/"),
    option(213, "v4-access-domain", "Access network domain", Name, "access.example.org"),
    undefined(252, "wpad", "Proxy configuration (WPAD)", Text, "http://wpad.example.org/wpad.dat"),
];

const ZONE: OptionKind = Number { least: -86_400, most: 86_400, unit: "seconds" };
