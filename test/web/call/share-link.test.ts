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

describe('sharing a link', () => {
  it('opens the share sheet and tells nothing more', async () => {
    const { done, pass } = setUp(async () => {});
    expect(await pass()).toBeNull();
    expect(done).toEqual(['share https://p/1 Weekly']);
  });

  it('copies the link if there is no share sheet', async () => {
    const { done, pass } = setUp();
    expect(await pass()).toBe('copied');
    expect(done).toEqual(['copy https://p/1']);
  });

  it('does nothing more if the person closes the sheet', async () => {
    const { done, pass } = setUp(refused('AbortError'));
    expect(await pass()).toBeNull();
    expect(done).toHaveLength(1);
  });

  it.each(['NotAllowedError', 'DataError'])('copies the link if the sheet fails with %s', async (name) => {
    expect(await setUp(refused(name)).pass()).toBe('copied');
  });

  it('reports that copying failed', async () => {
    expect(await setUp(undefined, refused('NotAllowedError')).pass()).toBe('copyFailed');
    expect(await shareLink('https://p/1', 'Weekly', {})).toBe('copyFailed');
  });
});
