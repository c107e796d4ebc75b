before() { :; }
after() { aitta grants list | grep -q "uid:$(id -u maija) .*admin-left"; }
