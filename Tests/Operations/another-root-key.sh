before() {
    systemctl start aittad
    cp /etc/aitta/keys/root.key /run/old.key
}
after() {
    cmp /etc/aitta/keys/keyring/escrow /mnt/other/escrow
    [ ! -e /etc/aitta/keys/root.key ]
    systemctl stop aittad
    runuser -u aitta -- aittad check
}
