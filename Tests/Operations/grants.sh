before() {
    useradd --no-create-home liisa
    variables "GRANT=$(aitta --json grants add --principal user:pekka --role auditor --reason rehearsal | jq -r .id)"
}
after() {
    aitta grants list | grep -q "uid:$(id -u liisa) "
    . /run/variables
    [ -n "$GRANT" ]
    if aitta grants list | grep -q "$GRANT"; then return 1; fi
}
