before() { :; }
after() { reads "$(cat /run/first)" 200; }
