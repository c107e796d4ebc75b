before() { :; }
after() {
    [ ! -e /var/lib/aitta ]
    [ "$(ls /etc/aitta/keys/keyring)" = ledger ]
    [ "$(ls /etc/aitta/keys)" = keyring ]
}
