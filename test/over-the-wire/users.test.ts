import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOf, startPeople } from './people.ts';

describe('GET /users', () => {
  it('lists registered and external users to each other, without e-mail addresses, and refuses guests', async () => {
    const { external, guest, ask } = await startPeople();
    const ann = await external('ann', { name: 'Ann', username: 'ann_lee' });
    const visitor = await guest('Visitor');
    const response = await ask('GET', '/users', ann.token);
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        items: [
          {
            id: 'ann',
            username: 'ann_lee',
            displayName: 'Ann',
            kind: 'external',
            status: 'offline',
            customStatus: null,
            avatarUrl: null,
            bio: null,
            createdAt: expect.any(String),
          },
        ],
        nextCursor: null,
      },
    ]);
    expect(await problemOf(await ask('GET', '/users', visitor.token))).toEqual([403, 'forbidden']);
    for (const id of ['ann', visitor.userId, 'nobody']) {
      expect(await problemOf(await ask('GET', `/users/${id}`, visitor.token))).toEqual([403, 'forbidden']);
    }
  });

  it('shows `email` and `role` to admins, in the list and alone', async () => {
    const { external, ask } = await startPeople();
    const [ann, root] = [await external('ann'), await external('root', { role: 'admin' })];
    const list = await (await ask('GET', '/users', root.token)).json();
    expect(list.items).toMatchObject([
      { id: 'ann', email: null, role: null },
      { id: 'root', email: null },
    ]);
    const alone = async (token: string, id: string) =>
      Object.keys((await (await ask('GET', `/users/${id}`, token)).json()).user);
    expect(await alone(root.token, 'ann')).toContain('email');
    expect(await alone(ann.token, 'root')).not.toContain('email');
    expect(await alone(ann.token, 'ann')).toContain('email');
  });

  it('finds by the beginning of a username or display name, ignoring case in any alphabet', async () => {
    const { external, listed } = await startPeople();
    const ann = await external('1', { name: 'Özgür Ж', username: 'Ann-x' });
    await external('2', { name: 'ЖЕНЯ', username: 'annika' });
    await external('3', { name: 'Ann_', username: 'zoe_1' });
    await external('4', { name: '100%' });
    await external('5', {});
    for (const [q, ids] of [
      ['', ['5', '4', '3', '1', '2']],
      ['aNN', ['3', '1', '2']],
      ['ann_', ['3']],
      ['ann-', ['1']],
      ['öZ', ['1']],
      ['жен', ['2']],
      ['ж', ['2']],
      ['%', []],
      ['1', ['4']],
      ['100%', ['4']],
      ['_', []],
      ['nn', []],
      ['\\', []],
      ["' OR 1=1 --", []],
      ['\0', []],
    ] as const) {
      for (const limit of ['1', '2', '50']) expect([q, await listed(ann, { q, limit })]).toEqual([q, ids]);
    }
  });

  it('[HT4] pages by 50 if not told otherwise, and neither repeats nor misses anybody while others come and go', async () => {
    const { external, patch, ask } = await startPeople();
    const reader = await external('reader', { name: 'zzz' });
    const name = (n: number) => `p${String(n).padStart(3, '0')}`;
    for (let n = 0; n < 60; n += 2) await external(name(n), { name: name(n), username: name(n) });
    const page = async (after?: string) =>
      (await ask('GET', `/users?q=P&limit=7${after ? `&after=${after}` : ''}`, reader.token)).json();
    const seen: string[] = [];
    let next: string | undefined;
    for (let n = 1; ; n += 10) {
      const { items, nextCursor } = await page(next);
      seen.push(...items.map(({ id }: { id: string }) => id));
      if (nextCursor === null) break;
      expect(items).toHaveLength(7);
      next = nextCursor;
      await external(name(n), { name: name(n) });
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (let n = 0; n < 60; n += 2) expect(seen).toContain(name(n));
    expect((await (await ask('GET', '/users', reader.token)).json()).nextCursor).toBeNull();
    // The user whom the cursor names may have another name by now.
    const [first] = (await page()).items;
    await patch(await external(first.id), { displayName: 'q' });
    expect((await page(next)).items.length).toBeGreaterThan(0);
  });

  it('[HT2] names the wrong parameter: `limit` or `after`', async () => {
    const { external, ask } = await startPeople();
    const { token } = await external('ann', { name: 'Ann' });
    await external('bob', { name: 'Bob' });
    const { nextCursor } = await (await ask('GET', '/users?limit=1&q=a', token)).json();
    expect(nextCursor).toBeNull();
    const ofAll = (await (await ask('GET', '/users?limit=1', token)).json()).nextCursor;
    expect(ofAll).toMatch(/^[\w-]+$/);
    for (const [query, path] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=-1', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=1e1', 'limit'],
      ['limit=5&limit=6', 'limit'],
      ['after=', 'after'],
      ['after=nonsense', 'after'],
      ['after=%00', 'after'],
      [`after=${ofAll}&after=${ofAll}`, 'after'],
      [`after=${ofAll}x`, 'after'],
      [`after=${ofAll}&q=bo`, 'after'],
      [`after=${Buffer.from('["name","a"]').toString('base64url')}`, 'after'],
      [`after=${Buffer.from('{"length":3}').toString('base64url')}`, 'after'],
      ['q=a&q=b', 'q'],
    ] as const) {
      const response = await ask('GET', `/users?${query}`, token);
      const { code, errors } = await response.json();
      expect([query, response.status, code, errors[0].path]).toEqual([query, 400, 'validation_failed', path]);
    }
    expect((await ask('GET', '/users?limit=100&unknown=1', token)).status).toBe(200);
  });

  it('[HT2] answers any query with a page or a clear refusal', async () => {
    const { external, ask } = await startPeople();
    const { token } = await external('ann', { name: 'Ann' });
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('1', '100', 'a', '%'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('q', 'limit', 'after', '__proto__', 'x'),
        text,
        async (name, value) => {
          const response = await ask('GET', `/users?${new URLSearchParams({ [name]: value })}`, token);
          const body = await response.json();
          if (response.status === 200) expect(body.items).toBeInstanceOf(Array);
          else
            expect([response.status, body.code, body.errors[0].path]).toEqual([
              400,
              'validation_failed',
              name,
            ]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('GET /users/:id', () => {
  it('[AC1] and the list show a guest who has registered, by the names of before and since', async () => {
    const { external, guest, ask, listed } = await startPeople();
    const reader = await external('reader', { name: 'zzz' });
    const vera = await guest('Véra');
    expect(await listed(reader, { q: 'VÉ' })).toEqual([]);
    const body = { email: 'vera@example.org', password: 'correct horse', username: 'vera' };
    expect((await ask('POST', '/auth/register', vera.token, body)).status).toBe(201);
    const other = { email: 'olga@example.org', password: 'correct horse', displayName: 'Ольга' };
    const { user } = await (await ask('POST', '/auth/register', undefined, other)).json();
    expect(await listed(reader, { q: 'VÉ' })).toEqual([vera.userId]);
    expect(await listed(reader, { q: 'VER' })).toEqual([vera.userId]);
    expect(await listed(reader, { q: 'оль' })).toEqual([user.id]);
    const seen = JSON.stringify(await (await ask('GET', '/users', reader.token)).json());
    expect(seen).not.toContain('example.org');
    expect(await listed(vera, { q: '' })).toEqual([vera.userId, reader.userId, user.id]);
  });

  it('shows any user, a guest too, by an id of any text, and is 404 for nobody', async () => {
    const { external, guest, ask } = await startPeople();
    const odd = await external('a/b ü%', { name: 'Odd' });
    const visitor = await guest('Visitor');
    for (const [id, displayName] of [
      [odd.userId, 'Odd'],
      [visitor.userId, 'Visitor'],
    ] as const) {
      const response = await ask('GET', `/users/${encodeURIComponent(id)}`, odd.token);
      expect([response.status, (await response.json()).user]).toMatchObject([200, { id, displayName }]);
    }
    expect(await problemOf(await ask('GET', '/users/nobody', odd.token))).toEqual([404, 'user_not_found']);
    expect(await problemOf(await ask('GET', '/users/__proto__', odd.token))).toEqual([404, 'user_not_found']);
  });
});
