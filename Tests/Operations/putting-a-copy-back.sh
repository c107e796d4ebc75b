before() {
    systemctl stop aittad
    mkdir /mnt/backup/copy
    cp /var/lib/aitta/*.db /mnt/backup/copy/
    systemctl start aittad
    person R-5 > /run/later
    aitta --purpose data-subject-rights records erase "$(cat /run/later)" --reason erasure-request > /dev/null
}
after() {
    reads "$(cat /run/first)" 200
    reads "$(cat /run/later)" 410
    rm -r /mnt/backup/copy /var/lib/aitta.before
}
