/** What `parley load --help` prints. */
export const HELP = `parley load: simulates callers, to size a machine or to test a change

  npm run load -- --url ws://host:3001 --rooms 500 --peers 4 --duration 60

Simulated peers sign in, create and join rooms, and exchange offers, answers and ICE candidates of realistic size in every
pair. They renegotiate, speak, type, leave, return and lose their connections at random. They send no media. The report
accounts for every message that the server accepted: lost, duplicated or out of order.

What the peers do
  --url URL             the server (default ws://localhost:3001)
  --rooms N             rooms (default 10)
  --peers N             peers per room, 1 to 50 (default 4)
  --duration S          seconds after the last planned join (default 30)
  --join-rate N         joins per second while the rooms fill (default 200)
  --rate N              actions per second of all peers together (default: one per peer every 5 s). Open loop: actions
                        are due at random times (Poisson), whether or not the server has answered earlier ones, and
                        latency counts from the time at which an action was due
  --churn P             percentage of peers per minute that leave and return after 1 to 5 s (default 0); half of them
                        end their session and return with a new one
  --drop P              percentage of peers per minute that lose their connection and resume (default 0)
  --seed N              repeats the random choices of an earlier run, which printed its seed

Who the peers are
  (default)             guests. --peers-per-guest N peers share one (default 10, as the server's SESSIONS_PER_USER),
                        because the server limits new guests per address; the tool waits when the server asks it to
  --jwt-secret TEXT     the server's JWT_SECRET, or @path of a file that contains it: every peer gets its own user and
                        a token minted here, without signing in. Best for large tests
  --token JWT           one access token for all peers (a user may own 1,000 rooms)

What it prints
  --json                the report as JSON instead of a table, on standard output
  --html PATH           writes a report with plots to one file
  --max-p99 MS          fails if the p99 of any kind of message is above this

Exit code: 0 passed; 1 a message was lost, duplicated, out of order or unanswered, a join failed, or a p99 was above
--max-p99; 2 the command line is wrong or this machine's limits are too low. Ctrl-C ends the run early and prints the
report; a second Ctrl-C doesn't wait for messages under way.

A large test needs one file descriptor per peer, on the server (LimitNOFILE, or ulimit -n) and here; without --jwt-secret,
a higher GUESTS_PER_MINUTE; with --token, a SESSIONS_PER_USER as high as the number of peers; for more than about 10
actions per second and peer, higher MESSAGES_PER_SECOND and MESSAGE_BURST. Run the tool on another machine than the
server: it uses more CPU than the server, and reports if it was itself the bottleneck.
`;
