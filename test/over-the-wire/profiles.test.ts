import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILE_CHANGES_PER_MINUTE } from '../../src/accounts/people.ts';
import { type PeopleStage, problemOf, startPeople } from './people.ts';
import type { Guest } from './stage.ts';

async function tagOf({ ask }: PeopleStage, { userId, token }: Guest): Promise<string> {
  return (await ask('GET', `/users/${userId}`, token)).headers.get('etag') ?? '';
}

describe('PATCH /users/:id', () => {
  it.each(['PATCH', 'PUT'])('%s sets what is named, and null clears it', async (method) => {
    const { external, ask } = await startPeople();
    const ann = await external('ann', { name: 'Ann', username: 'ann' });
    const send = async (body: object) => {
      const response = await ask(method, '/users/ann', ann.token, body);
      return [response.status, (await response.json()).user];
    };
    const avatarUrl = 'https://example.org/a.png';
    const user = { id: 'ann', username: 'ann', displayName: 'Ann', bio: null, avatarUrl: null };
    expect(await send({ bio: ' Hello\nthere ', avatarUrl, unknown: 1 })).toMatchObject([
      200,
      { ...user, bio: 'Hello\nthere', avatarUrl, email: null, role: null },
    ]);
    expect(await send({ displayName: 'Ann Lee', username: 'ANN' })).toMatchObject([
      200,
      { displayName: 'Ann Lee', username: 'ANN', avatarUrl },
    ]);
    expect(await send({})).toMatchObject([200, { displayName: 'Ann Lee' }]);
    const nothing = { username: null, displayName: null, bio: null, avatarUrl: null };
    expect(await send(nothing)).toMatchObject([200, nothing]);
    expect((await (await ask('GET', '/auth/me', ann.token)).json()).user).toMatchObject(nothing);
  });

  it('is found by its new name, and not by the old one', async () => {
    const { external, patch, listed } = await startPeople();
    const ann = await external('ann', { name: 'Ann', username: 'ann' });
    await patch(ann, { displayName: 'Ümit', username: 'umit' });
    expect(await listed(ann, { q: 'ü' })).toEqual(['ann']);
    expect(await listed(ann, { q: 'UM' })).toEqual(['ann']);
    expect(await listed(ann, { q: 'ann' })).toEqual([]);
  });

  it('is open to guests, for themselves, and to admins for everybody', async () => {
    const { external, guest, patch, ask } = await startPeople();
    const visitor = await guest('Visitor');
    const root = await external('root', { role: 'admin' });
    expect((await patch(visitor, { displayName: 'Vera' })).status).toBe(200);
    const byAdmin = await ask('PATCH', `/users/${visitor.userId}`, root.token, { bio: 'moderated' });
    expect([byAdmin.status, (await byAdmin.json()).user]).toMatchObject([
      200,
      { displayName: 'Vera', bio: 'moderated' },
    ]);
    const nobody = await ask('PATCH', '/users/nobody', root.token, { bio: 'x' });
    expect(await problemOf(nobody)).toEqual([404, 'user_not_found']);
  });

  it('[AC1] refuses a username that somebody has, ignoring case, and changes nothing then', async () => {
    const { external, patch, ask } = await startPeople();
    await external('ann', { username: 'Ann' });
    const bob = await external('bob', { username: 'bob', name: 'Bob' });
    const refused = await patch(bob, { username: 'aNN', displayName: 'Robert' });
    expect(await problemOf(refused)).toEqual([409, 'username_taken']);
    expect((await (await ask('GET', '/auth/me', bob.token)).json()).user).toMatchObject({
      username: 'bob',
      displayName: 'Bob',
    });
  });

  it('[AC1] gives a username to one of those who ask for it at once', async () => {
    const stage = await startPeople();
    const people = await Promise.all(['a', 'b', 'c', 'd'].map((sub) => stage.external(sub)));
    const replies = await Promise.all(people.map((person) => stage.patch(person, { username: 'same' })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('[HT2] names each wrong field, and changes nothing', async () => {
    const { external, patch, ask } = await startPeople();
    const ann = await external('ann', { name: 'Ann' });
    for (const [body, paths] of [
      [{ username: 'a' }, ['username']],
      [{ username: 'ab cd', displayName: '' }, ['username', 'displayName']],
      [{ displayName: 'x'.repeat(65) }, ['displayName']],
      [{ displayName: 'a\u202Eb', bio: 'fine' }, ['displayName']],
      [{ bio: 'x'.repeat(501) }, ['bio']],
      [{ bio: 7 }, ['bio']],
      [{ avatarUrl: 'http://example.org/a.png' }, ['avatarUrl']],
      [{ avatarUrl: 'javascript:alert(1)' }, ['avatarUrl']],
      [{ avatarUrl: ['https://example.org'] }, ['avatarUrl']],
    ] as const) {
      const response = await patch(ann, body);
      const { code, errors } = await response.json();
      expect([response.status, code]).toEqual([400, 'validation_failed']);
      expect(errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    }
    expect((await (await ask('GET', '/auth/me', ann.token)).json()).user).toMatchObject({
      displayName: 'Ann',
      bio: null,
    });
    const longest = { bio: '👩'.repeat(500), displayName: '👩'.repeat(64) };
    expect((await (await patch(ann, longest)).json()).user).toMatchObject(longest);
  });

  it('[HT2] answers any body with the user or a clear refusal', async () => {
    const stage = await startPeople();
    const field = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.jsonValue(), fc.constant(null));
    const body = fc.record(
      {
        username: field,
        displayName: field,
        bio: field,
        avatarUrl: field,
        status: field,
        customStatus: field,
      },
      { requiredKeys: [] },
    );
    let person = 0;
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('', '/status'), async (fields, path) => {
        person += 1;
        const ann = await stage.external(`ann ${person}`);
        const url = `/users/${encodeURIComponent(ann.userId)}${path}`;
        const response = await stage.ask('PUT', url, ann.token, fields);
        const reply = await response.json();
        if (response.status === 200) expect(reply.user.id).toBe(ann.userId);
        else {
          expect(['validation_failed', 'username_taken']).toContain(reply.code);
          for (const { path: named } of reply.errors ?? [])
            expect([...Object.keys(fields), 'status']).toContain(named);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('limits how often a user changes profile and status, and nobody else', async () => {
    const { external, patch } = await startPeople();
    const [ann, bob] = [await external('ann'), await external('bob')];
    let refused: Response | undefined;
    // Meanwhile some more are allowed again.
    for (let n = 0; refused === undefined && n < 2 * PROFILE_CHANGES_PER_MINUTE; n += 1) {
      const response = await patch(ann, {});
      if (response.status !== 200) refused = response;
    }
    expect(refused && (await problemOf(refused))).toEqual([429, 'rate_limited']);
    expect((await patch(bob, {})).status).toBe(200);
  });
});

describe('the ETag of a user', () => {
  it('[HT8] is strong, comes with GET and PATCH, and follows what PATCH sets and nothing else', async () => {
    const stage = await startPeople();
    const { external, patch, ask } = stage;
    const ann = await external('ann', { name: 'Ann' });
    const first = await tagOf(stage, ann);
    expect(first).toMatch(/^"[!#-~]+"$/);
    expect((await patch(ann, {})).headers.get('etag')).toBe(first);
    await ask('PUT', '/users/ann/status', ann.token, { status: 'dnd', customStatus: 'busy' });
    await ann.connect();
    expect(await tagOf(stage, ann)).toBe(first);
    const tags = [first];
    for (const change of [
      { displayName: 'Ann Lee' },
      { username: 'ann' },
      { bio: 'x' },
      { avatarUrl: 'https://example.org/' },
    ]) {
      const tag = (await patch(ann, change)).headers.get('etag') ?? '';
      expect(await tagOf(stage, ann)).toBe(tag);
      tags.push(tag);
    }
    expect(new Set(tags).size).toBe(5);
  });

  it('[HT8] lets a change through if If-Match names it, and refuses with 412 if not', async () => {
    const stage = await startPeople();
    const { external, patch } = stage;
    const ann = await external('ann', { name: 'Ann' });
    const stale = await tagOf(stage, ann);
    const send = async (ifMatch: string) =>
      (await patch(ann, { bio: ifMatch }, { 'If-Match': ifMatch })).status;
    expect(await send(stale)).toBe(200);
    expect(await problemOf(await patch(ann, { bio: 'lost' }, { 'If-Match': stale }))).toEqual([
      412,
      'precondition_failed',
    ]);
    const now = () => tagOf(stage, ann);
    expect(await send('*')).toBe(200);
    expect(await send(`"other", ${await now()}`)).toBe(200);
    expect(await send(` ,, ${await now()} , W/"x"`)).toBe(200);
    for (const wrong of [
      '"other"',
      '"a", "b"',
      `W/${await now()}`,
      (await now()).slice(1, -1),
      `${await now()} x`,
      '**',
      ',',
    ]) {
      expect([wrong, await send(wrong)]).toEqual([wrong, 412]);
    }
    expect((await patch(ann, { bio: 'last' })).status).toBe(200);
  });

  it('[HT8] lets one of two changes through that were made from the same version', async () => {
    const stage = await startPeople();
    const ann = await stage.external('ann');
    const tag = await tagOf(stage, ann);
    const both = ['a', 'b', 'c'].map((bio) => stage.patch(ann, { bio }, { 'If-Match': tag }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('[HT6] can be read and sent back by pages of allowed origins', async () => {
    const { external, ask } = await startPeople({ CORS_ORIGINS: 'https://app.example.org' });
    const { token } = await external('ann');
    const Origin = 'https://app.example.org';
    const read = await ask('GET', '/users/ann', token, undefined, { Origin });
    expect(read.headers.get('access-control-expose-headers')).toContain('ETag');
    const preflight = await ask('OPTIONS', '/users/ann', undefined, undefined, {
      Origin,
      'Access-Control-Request-Method': 'PATCH',
    });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('If-Match');
    expect(preflight.headers.get('access-control-allow-methods')).toMatch(/PATCH.*PUT|PUT.*PATCH/);
  });
});
