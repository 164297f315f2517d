/** What `parley load --help` says. */
export const HELP = `parley load: simulated callers against a Parley server, to size a machine or to test a change

  npm run load -- --url ws://host:3001 --rooms 500 --peers 4 --duration 60

Simulated peers sign in, create and join rooms, exchange offers, answers and ICE candidates of real size for every
pair, negotiate again at random, speak, type, leave, come back, lose their sockets. No media is sent. Every message is
accounted for: what was taken by the server and did not come, came twice or out of its turn is counted.

What is done
  --url URL             the server (default ws://localhost:3001)
  --rooms N             rooms (default 10)
  --peers N             peers in each room, 1 to 50 (default 4)
  --duration S          seconds after the last planned join (default 30)
  --join-rate N         joins a second while the rooms fill (default 200)
  --rate N              actions a second of all peers together (default: one per peer and 5 s). Open loop: they are
                        due at random times (Poisson), whether or not the server has answered the ones before, and
                        latency counts from the time an action was due
  --churn P             percent of the peers that leave each minute and come back after 1 to 5 s (default 0); every
                        other one ends its session and comes back with a new one
  --drop P              percent of the peers that lose their socket each minute and resume (default 0)
  --seed N              repeats the choices of an earlier run; printed by each

Who the peers are
  (nothing)             guests. --peers-per-guest N of them share one (default 10, as the server's SESSIONS_PER_USER)
                        because the server allows an address 20 sign-ins a minute; the tool waits as the server asks
  --jwt-secret TEXT     the server's JWT_SECRET, or @path of a file that holds it: every peer gets a user of its own
                        and a token made here, no sign-in needed. For anything big
  --token JWT           one access token for all peers (a user may own 1,000 rooms)

What comes out
  --json                the report as JSON on standard output, in place of the table
  --html PATH           a report with plots, one file
  --max-p99 MS          fail where the p99 of a kind of message is above this

Exit code: 0 fine · 1 something was lost, doubled, out of order or failed to join, or --max-p99 was passed ·
2 the command line, or this machine, is not fit. Ctrl-C ends the run early and reports; twice, at once.

A big test needs on the server: a file descriptor for each peer (LimitNOFILE, or ulimit -n), here too; without
--jwt-secret a higher GUESTS_PER_MINUTE; with --token a SESSIONS_PER_USER of all peers; for more than some 10
actions a second and peer, MESSAGES_PER_SECOND and MESSAGE_BURST. Run it on another machine than the server: it
uses more CPU than the server does, and says so where it was itself the bottleneck.
`;
