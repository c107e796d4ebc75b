before() {
    generation > /run/generation
    mv "$paper" "$paper.lost"
}
after() {
    reads "$(cat /run/first)" 200
    [ "$(generation)" = $(($(cat /run/generation) + 1)) ]
    [ ! -e /run/aitta-init/recovery.key ]
    # What cat showed went to paper: made once more, since nobody reads it here.
    systemctl stop aittad
    rm -rf /run/aitta-init && install -d -m 0700 -o aitta -g aitta /run/aitta-init
    runuser -u aitta -- aittad recovery-key --recovery-key-out /run/aitta-init/recovery.key
    install -m 0600 /run/aitta-init/recovery.key "$paper"
    if runuser -u aitta -- aittad recover --recovery-key - < "$paper.lost"; then
        echo "the recovery key that was lost opens the escrow"
        return 1
    fi
    systemctl start aittad
    install -m 0600 /etc/aitta/keys/keyring/escrow /mnt/other/escrow
}
