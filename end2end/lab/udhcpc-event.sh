#!/bin/sh
# busybox udhcpc runs this with what happened ($1) and what it got (variables). A lease becomes one line of JSON in $LAB_OUT.
member() { printf '%s"%s":"%s"' "$3" "$1" "$(printf %s "$2" | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')"; }
# shellcheck disable=SC2154  # udhcpc sets them
case $1 in
  bound | renew)
    {
      member ip "$ip" '{'
      member siaddr "$siaddr" ,
      member boot_file "${boot_file:-$bootfile}" , # the header's field, or option 67
      member sname "${sname:-$tftp}" ,             # the header's field, or option 66
      member hostname "$hostname" ,
      member router "$router" ,
      member lease "$lease" ,
      member dns "$dns" ,
      echo '}'
    } >"$LAB_OUT"
    # A release is sent from the address that is given back.
    [ "$LAB_RELEASE" = 0 ] || command ip addr add "$ip/24" dev "$interface"
    ;;
esac
exit 0
