before() {
    person R-6 > /run/erased-since
    aitta backup /mnt/backup/aitta > /dev/null
    aitta --purpose data-subject-rights records erase "$(cat /run/erased-since)" --reason erasure-request > /dev/null
    install -m 0600 /etc/aitta/keys/keyring/ledger /etc/aitta/keys/keyring/escrow /mnt/other/
    cp /run/first /run/erased-since /mnt/
}
before_on_new_host() { cp "$paper" /run/input; }
after_on_new_host() {
    reads "$(cat /mnt/first)" 200
    reads "$(cat /mnt/erased-since)" 410
    [ ! -e /run/restore ]
}
after() { :; }
