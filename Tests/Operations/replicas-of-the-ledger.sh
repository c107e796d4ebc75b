# machine: new
before() {
    install -d -m 0700 -o aitta -g aitta /run/aitta-init
    runuser -u aitta -- aittad init --recovery-key-out /run/aitta-init/recovery.key > /dev/null
    grant_all
    systemctl start aittad
    person R-1 > /run/erased
}
before_block() {
    case $1 in
    2) sed -i '/^ledger:/,/replicas:/s,replicas: \[\],replicas: [/mnt/other/aitta-ledger],' /etc/aitta/aitta.yaml ;;
    3)
        cp /etc/aitta/keys/keyring/ledger /run/older
        aitta --purpose data-subject-rights records erase "$(cat /run/erased)" --reason erasure-request > /dev/null
        systemctl stop aittad
        install -m 0600 -o aitta -g aitta /run/older /etc/aitta/keys/keyring/ledger
        if systemctl start aittad; then echo "an older ledger was served"; return 1; fi
        ;;
    esac
}
after() {
    reads "$(cat /run/erased)" 410
    cmp /etc/aitta/keys/keyring/ledger /mnt/other/aitta-ledger/ledger
    aitta --json keys status | jq -e '.ledgerReplicas[0].standing == "current"'
    systemctl stop aittad
    rm -r /mnt/other/aitta-ledger
}
