import { ERROR_CODES } from '../../protocol/codes.ts';
import { byLabel, type Series } from './series.ts';

/** What goes on in sessions, rooms and calls. */
export const SIGNALING_SERIES: readonly Series[] = [
  {
    name: 'parley_sessions',
    type: 'gauge',
    unit: 'sessions',
    since: '0.1.0',
    help: 'Sessions by state.',
    samples: ({ hub }) => [
      [hub.live, { state: 'live' }],
      [hub.suspended, { state: 'suspended' }],
    ],
  },
  {
    name: 'parley_rooms',
    type: 'gauge',
    unit: 'rooms',
    since: '0.1.0',
    help: 'Rooms with somebody inside.',
    samples: ({ hub }) => [[hub.rooms]],
  },
  {
    name: 'parley_connections',
    type: 'gauge',
    unit: 'connections',
    since: '0.1.0',
    help: 'WebSocket connections.',
    samples: ({ gateway }) => [[gateway.connections]],
  },
  {
    name: 'parley_sessions_begun_total',
    type: 'counter',
    unit: 'sessions',
    since: '0.1.0',
    help: 'New sessions, resumes not counted.',
    samples: ({ hub }) => [[hub.sessionsBegun]],
  },
  {
    name: 'parley_resumes_total',
    type: 'counter',
    unit: 'tries',
    since: '0.1.0',
    help: 'Tries to resume a session, by outcome.',
    samples: ({ hub }) => [
      [hub.resumed, { outcome: 'resumed' }],
      [hub.resumesRefused, { outcome: 'refused' }],
    ],
  },
  {
    name: 'parley_session_resumes_total',
    type: 'counter',
    unit: 'tries',
    since: '0.1.0',
    help: 'Tries to resume a session, by result: resumed, messages lost meanwhile, or no such session any more.',
    samples: ({ hub }) => [
      [hub.resumed, { result: 'resumed' }],
      [hub.resumesTooLate, { result: 'messages_lost' }],
      [hub.resumesRefused - hub.resumesTooLate, { result: 'unknown' }],
    ],
  },
  {
    name: 'parley_joins_refused_total',
    type: 'counter',
    unit: 'tries',
    since: '0.1.0',
    help: 'Tries to come into a room that were refused, by the code of the refusal.',
    samples: ({ hub }) => byLabel('code', hub.joinsRefused),
  },
  {
    name: 'parley_ice_outcomes_total',
    type: 'counter',
    unit: 'reports',
    since: '0.1.0',
    help: 'How media gets to a peer, as each side reports it once and after each change.',
    samples: ({ hub }) => byLabel('outcome', Object.entries(hub.callPaths)),
  },
  {
    name: 'parley_chat_messages_total',
    type: 'counter',
    unit: 'messages',
    since: '0.1.0',
    help: 'Chat messages said in rooms.',
    samples: ({ chat }) => [[chat.said]],
  },
  {
    name: 'parley_messages_received_total',
    type: 'counter',
    unit: 'messages',
    since: '0.1.0',
    help: 'WebSocket messages from clients.',
    samples: ({ hub }) => [[hub.received]],
  },
  {
    name: 'parley_messages_sent_total',
    type: 'counter',
    unit: 'messages',
    since: '0.1.0',
    help: 'WebSocket messages to clients.',
    samples: ({ hub }) => [[hub.sent]],
  },
  {
    name: 'parley_messages_relayed_total',
    type: 'counter',
    unit: 'messages',
    since: '0.1.0',
    help: 'Call messages relayed from peer to peer, once per recipient.',
    samples: ({ hub }) => [[hub.relayed]],
  },
  {
    name: 'parley_messages_refused_total',
    type: 'counter',
    unit: 'messages',
    since: '0.1.0',
    help: 'WebSocket messages answered with an error, by its code.',
    samples: ({ hub }) =>
      byLabel(
        'code',
        ERROR_CODES.map((code) => [code, hub.refused.get(code) ?? 0] as const),
      ),
  },
];
