/** A page of the handbook: a README beside the code. */
export interface Chapter {
  /** The last part of its address under `/docs/`; empty for the first page. */
  readonly slug: string;
  readonly title: string;
  /** Path of the file, from the top of the project. */
  readonly file: string;
}

export interface Part {
  readonly title: string;
  readonly chapters: readonly Chapter[];
}

const API = { slug: 'api', title: 'HTTP API' } as const;
const EVENTS = { slug: 'events', title: 'WebSocket events' } as const;
/** Pages that are made of the schemas. */
export const REFERENCE = { title: 'Reference', api: API, events: EVENTS } as const;

/** The handbook, in the order of its table of contents. */
export const HANDBOOK: readonly Part[] = [
  {
    title: 'Start',
    chapters: [
      { slug: '', title: 'Parley', file: 'README.md' },
      { slug: 'settings', title: 'Settings', file: 'src/config/README.md' },
      { slug: 'server', title: 'On a server', file: 'src/packaging/README.md' },
      { slug: 'https', title: 'HTTPS', file: 'src/tls/README.md' },
      { slug: 'proxies', title: 'Behind a proxy', file: 'src/http/proxies.md' },
      { slug: 'relay', title: 'The TURN relay', file: 'src/turn/README.md' },
      { slug: 'doctor', title: 'The doctor', file: 'src/doctor/README.md' },
    ],
  },
  {
    title: 'Build on it',
    chapters: [
      { slug: 'backend', title: 'Calls from your backend', file: 'src/control/README.md' },
      { slug: 'embed', title: 'A call in your page', file: 'src/embed/README.md' },
      { slug: 'sdk', title: 'The SDK', file: 'src/client/README.md' },
      { slug: 'examples', title: 'Examples of the SDK', file: 'src/client/examples/README.md' },
      { slug: 'accounts', title: 'Users and tokens', file: 'src/accounts/README.md' },
      { slug: 'webhooks', title: 'Webhooks', file: 'src/webhooks/README.md' },
      { slug: 'websocket', title: 'The bare WebSocket', file: 'src/ws/README.md' },
      { slug: 'contract', title: 'The wire contract', file: 'src/protocol/README.md' },
    ],
  },
  {
    title: 'Run it',
    chapters: [
      { slug: 'administration', title: 'Administration', file: 'src/http/administration.md' },
      { slug: 'metrics', title: 'Metrics and logs', file: 'src/http/metrics/README.md' },
      { slug: 'load', title: 'How many callers', file: 'src/load/README.md' },
      { slug: 'backups', title: 'Backups', file: 'src/backup/README.md' },
      { slug: 'database', title: 'The database', file: 'src/store/README.md' },
      { slug: 'speed', title: 'How fast', file: 'test/bench/README.md' },
      { slug: 'uws', title: 'Node and glibc', file: 'src/uws/README.md' },
    ],
  },
  {
    title: 'Inside',
    chapters: [
      { slug: 'house', title: 'The house', file: 'src/README.md' },
      { slug: 'http', title: 'HTTP', file: 'src/http/README.md' },
      { slug: 'signaling', title: 'Signaling', file: 'src/signaling/README.md' },
      { slug: 'tests', title: 'Tests', file: 'test/README.md' },
    ],
  },
];

export const CHAPTERS: readonly Chapter[] = HANDBOOK.flatMap(({ chapters }) => chapters);

/** Returns the address of a page. */
export function addressOf({ slug }: Pick<Chapter, 'slug'>): string {
  return slug === '' ? '/docs' : `/docs/${slug}`;
}
