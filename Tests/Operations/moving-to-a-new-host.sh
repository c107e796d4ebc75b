before() { :; }
after() {
    [ ! -e /var/lib/aitta ]
    [ "$(ls /etc/aitta/keys/keyring | xargs)" = "key-history.json ledger" ]
    [ "$(ls /etc/aitta/keys)" = keyring ]
}
