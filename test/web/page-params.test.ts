import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/client/index.ts';
import { pageParamsOf, prefsUnder } from '../../src/web/page-params.ts';
import { createPrefs } from '../../src/web/prefs.ts';
import { memoryStorage } from './fakes.ts';

const paramsOf = (query: string) => pageParamsOf(new URLSearchParams(query));

describe('the parameters of the page', () => {
  it('are all read, without regard to case', () => {
    expect(
      paramsOf(
        'name=+Ada+&audio=OFF&video=on&lang=RU&theme=Dark&layout=speaker&skipLobby&hide=chat,SHARE,people&embed=1',
      ),
    ).toEqual({
      name: 'Ada',
      audio: false,
      video: true,
      lang: 'ru',
      theme: 'dark',
      layout: 'speaker',
      skipLobby: true,
      hidden: new Set(['chat', 'share', 'people']),
      embedded: true,
    });
  });

  it('count as missing if they are unknown or malformed', () => {
    const none = paramsOf('');
    expect(paramsOf('audio=maybe&video=&theme=pink&layout=circle&hide=all&skiplobby&skipLobby=off')).toEqual(
      none,
    );
    expect(none).toEqual({
      name: '',
      audio: null,
      video: null,
      lang: '',
      theme: null,
      layout: null,
      skipLobby: false,
      hidden: new Set(),
      embedded: false,
    });
  });

  it('fit the page whatever the address is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme', maxLength: 200 }), (query, name) => {
        const search = new URLSearchParams(query);
        search.set('name', name);
        const params = pageParamsOf(search);
        expect([...params.name].length).toBeLessThanOrEqual(LIMITS.displayName.max);
        expect([true, false, null]).toContain(params.audio);
        expect(['light', 'dark', null]).toContain(params.theme);
      }),
    );
  });

  it('win over what is remembered, and are not remembered themselves', () => {
    const prefs = createPrefs(memoryStorage());
    prefs.set('name', 'Ben');
    prefs.set('cameraOff', 'yes');
    const under = prefsUnder(paramsOf('name=Ada&audio=off&video=on'), prefs);
    expect([under.get('name'), under.get('microphoneOff'), under.get('cameraOff')]).toEqual([
      'Ada',
      'yes',
      '',
    ]);
    under.set('name', 'Eve');
    under.set('speaker', 'loud');
    expect([under.get('name'), prefs.get('name'), prefs.get('speaker')]).toEqual(['Eve', 'Ben', 'loud']);
  });
});
