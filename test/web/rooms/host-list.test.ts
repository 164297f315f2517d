import { describe, expect, it } from 'vitest';
import { ParleyClientError } from '../../../src/client/index.ts';
import { createHostList } from '../../../src/web/rooms/host-list.ts';

describe('a list of the hosts', () => {
  it('loses what is removed, also by another host meanwhile, and keeps what can’t be', async () => {
    let refusal: ParleyClientError['code'] | null = null;
    const list = createHostList<string>({
      idOf: (id) => id,
      list: async () => ['a', 'b', 'c'],
      async remove() {
        if (refusal !== null) throw new ParleyClientError(refusal, refusal);
      },
    });
    await list.load();
    expect(await list.remove('a')).toBe(true);
    refusal = 'not_found';
    expect(await list.remove('b')).toBe(true);
    refusal = 'network';
    expect(await list.remove('c')).toBe(false);
    expect(list.items.value).toEqual(['c']);
    expect(list.failure.value?.code).toBe('network');
  });

  it('says why it can’t be loaded, and loads again', async () => {
    let works = false;
    const list = createHostList<string>({
      idOf: (id) => id,
      async list() {
        if (!works) throw new ParleyClientError('forbidden', 'forbidden');
        return ['a'];
      },
      remove: async () => {},
    });
    await list.load();
    expect(list.failure.value?.code).toBe('forbidden');
    works = true;
    await list.load();
    expect(list.items.value).toEqual(['a']);
    expect(list.failure.value).toBeNull();
  });
});
