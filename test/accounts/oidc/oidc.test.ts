import { describe, expect, it } from 'vitest';
import { createOidc, EXCHANGES, type OidcReturn } from '../../../src/accounts/oidc/oidc.ts';
import type { Provider } from '../../../src/accounts/oidc/provider.ts';
import { ParleyError } from '../../../src/domain/errors.ts';
import { type RoomId, randomIds } from '../../../src/domain/ids.ts';
import { silentLog } from '../../../src/lib/log.ts';
import type { TokensReply } from '../../../src/protocol/bodies.ts';
import type { OidcPerson } from '../../../src/store/contract.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { temporaryStore } from '../../support/server/database.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a' as RoomId;
const SOURCE = { userAgent: null };
const PERSON: OidcPerson = {
  issuer: 'https://id.example.org',
  subject: 'ada',
  username: null,
  displayName: 'Ada',
  avatarUrl: null,
  role: null,
};

describe('a sign-in at an OpenID provider', () => {
  it('waits for at most so many answers of the provider at once, and then sends people back', async () => {
    const { begin, answer, comeBack } = setUp();
    const held = await Promise.all(Array.from({ length: EXCHANGES }, begin));
    const waiting = held.map(comeBack);
    expect(await comeBack(await begin())).toEqual({ roomId: ROOM, error: 'provider_failed' });
    answer();
    expect(await Promise.all(waiting)).toHaveLength(EXCHANGES);
    const next = comeBack(await begin());
    answer();
    expect(await next).toHaveProperty('code');
  });

  it('can be finished again if the database could not be written to', async () => {
    const { begin, answer, comeBack, oidc, refuse } = setUp();
    const returned = comeBack(await begin());
    answer();
    const code = codeOf(await returned);
    refuse(new ParleyError('unavailable', 'The database is locked. Try again.'));
    await expect(oidc.finish(code, 'browser', SOURCE)).rejects.toMatchObject({ code: 'unavailable' });
    refuse(undefined);
    expect(await oidc.finish(code, 'browser', SOURCE)).toBe(REPLY);
    await expect(oidc.finish(code, 'browser', SOURCE)).rejects.toMatchObject({ code: 'invalid_code' });
  });

  it('[TK6] publishes that a user has changed only if so', async () => {
    const { begin, answer, comeBack, oidc, published, say } = setUp();
    const signIn = async (): Promise<void> => {
      const returned = comeBack(await begin());
      answer();
      await oidc.finish(codeOf(await returned), 'browser', SOURCE);
    };
    await signIn();
    await signIn();
    expect(published).toEqual([]);
    say({ ...PERSON, role: 'admin' });
    await signIn();
    expect(published).toEqual(['user.changed']);
  });
});

const REPLY = {} as TokensReply;

/** With a provider that answers when it is told to. */
function setUp() {
  let answers: (() => void)[] = [];
  let person = PERSON;
  let refusal: ParleyError | undefined;
  const published: string[] = [];
  const clock = new FakeClock();
  const provider: Provider = {
    signInUrl: async (_, state) => new URL(`https://id.example.org/?state=${state}`),
    person: () => new Promise((resolve) => answers.push(() => resolve(person))),
  };
  const oidc = createOidc({
    provider,
    users: temporaryStore().oidcUsers,
    async signIn() {
      if (refusal !== undefined) throw refusal;
      return REPLY;
    },
    clock,
    ids: randomIds,
    log: silentLog,
    events: { publish: (name) => void published.push(name) },
  });
  let networks = 0;
  return {
    oidc,
    published,
    say(next: OidcPerson) {
      person = next;
    },
    refuse(error: ParleyError | undefined) {
      refusal = error;
    },
    /** The provider answers all that wait. */
    answer() {
      for (const resolve of answers) resolve();
      answers = [];
    },
    /** Returns the query of the callback. */
    async begin(): Promise<string> {
      networks += 1;
      const address = `10.0.${networks >> 8}.${networks & 255}`;
      const start = { origin: 'https://call.example.org', roomId: ROOM, browser: 'browser', address };
      return new URL((await oidc.start(start)).url).search.slice(1);
    },
    comeBack: (query: string) => oidc.comeBack(query, 'browser'),
  };
}

function codeOf(back: OidcReturn): string {
  return 'code' in back ? back.code : back.error;
}
