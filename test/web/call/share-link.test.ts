import { describe, expect, it } from 'vitest';
import { shareLink } from '../../../src/web/call/share-link.ts';

function setUp(share?: () => Promise<void>, copy: () => Promise<void> = async () => {}) {
  const done: string[] = [];
  const clipboard = {
    writeText(text: string) {
      done.push(`copy ${text}`);
      return copy();
    },
  } as Clipboard;
  const sheet = (data?: ShareData) => {
    done.push(`share ${data?.url} ${data?.title}`);
    return share?.() ?? Promise.resolve();
  };
  const navigator = share === undefined ? { clipboard } : { clipboard, share: sheet };
  return { done, pass: () => shareLink('https://p/1', 'Weekly', navigator) };
}

const refused = (name: string) => () => Promise.reject(new DOMException('', name));

describe('passing a link on', () => {
  it('uses the share sheet of the system, which needs no further word', async () => {
    const { done, pass } = setUp(async () => {});
    expect(await pass()).toBeNull();
    expect(done).toEqual(['share https://p/1 Weekly']);
  });

  it('copies where there is no sheet', async () => {
    const { done, pass } = setUp();
    expect(await pass()).toBe('copied');
    expect(done).toEqual(['copy https://p/1']);
  });

  it('takes a closed sheet for a change of mind', async () => {
    const { done, pass } = setUp(refused('AbortError'));
    expect(await pass()).toBeNull();
    expect(done).toHaveLength(1);
  });

  it.each(['NotAllowedError', 'DataError'])('copies if the sheet fails with %s', async (name) => {
    expect(await setUp(refused(name)).pass()).toBe('copied');
  });

  it('says so if nothing works', async () => {
    expect(await setUp(undefined, refused('NotAllowedError')).pass()).toBe('copyFailed');
    expect(await shareLink('https://p/1', 'Weekly', {})).toBe('copyFailed');
  });
});
