before() { :; }
after() { ls /mnt/backup/aitta/records-000001.aitta /mnt/backup/aitta/keys-*.aitta; }
