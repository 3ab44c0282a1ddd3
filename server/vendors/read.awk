# Reads "Registry,Assignment,Organization Name,…"; prints assignment, tab, name.
FNR > 1 {
    line = $0
    sub(/\r$/, "", line)
    sub(/^[^,]*,/, "", line)
    assignment = substr(line, 1, index(line, ",") - 1)
    sub(/^[^,]*,/, "", line)
    if (substr(line, 1, 1) == "\"") {
        name = ""
        line = substr(line, 2)
        while ((at = index(line, "\"")) > 0) {
            name = name substr(line, 1, at - 1)
            if (substr(line, at + 1, 1) != "\"") break
            name = name "\""
            line = substr(line, at + 2)
        }
    } else {
        at = index(line, ",")
        name = at > 0 ? substr(line, 1, at - 1) : line
    }
    gsub(/[\t ]+/, " ", name)
    sub(/^ /, "", name)
    sub(/ $/, "", name)
    if (assignment ~ /^[0-9A-F]+$/ && name != "" && name != "IEEE Registration Authority") print assignment "\t" name
}
