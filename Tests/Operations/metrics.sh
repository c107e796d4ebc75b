# machine: new
before() {
    runuser -u aitta -- aittad init > /dev/null
    grant_all
    systemctl start aittad
}
after() {
    grep -q '^aitta_vault_ready 1' /var/lib/node_exporter/textfile/aitta.prom
    systemctl stop aittad
}
