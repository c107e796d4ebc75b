before() {
    systemctl stop aittad
    cp -a /var/lib/aitta /run/older
    systemctl start aittad
    person R-3 > /run/lost
    person R-4 > /run/lost-erased
    aitta --purpose data-subject-rights records erase "$(cat /run/lost-erased)" --reason erasure-request > /dev/null
    systemctl stop aittad
    mv /var/lib/aitta /run/newer
    mv /run/older /var/lib/aitta
    if systemctl start aittad; then echo "an older database was served"; return 1; fi
}
after() {
    reads "$(cat /run/first)" 200
    reads "$(cat /run/lost)" 404
    reads "$(cat /run/lost-erased)" 410
    aitta audit list | grep -q log-restarted
    rm -r /run/newer
}
