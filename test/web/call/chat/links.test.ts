import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../../src/web/call/chat/links.ts';

const linksIn = (text: string) => partsOf(text).flatMap((part) => ('href' in part ? [part.href] : []));

describe('links in a message', () => {
  it('are web and e-mail addresses, and the text around them stays', () => {
    expect(partsOf('see https://example.org/a?b=1, or mail ann@example.org!')).toEqual([
      { text: 'see ' },
      { text: 'https://example.org/a?b=1', href: 'https://example.org/a?b=1' },
      { text: ', or mail ' },
      { text: 'ann@example.org', href: 'mailto:ann@example.org' },
      { text: '!' },
    ]);
  });

  it.each([
    ['www.example.org/x', ['https://www.example.org/x']],
    ['(https://en.wikipedia.org/wiki/Mesh_(music))', ['https://en.wikipedia.org/wiki/Mesh_(music)']],
    ['«https://пример.рф/путь»', ['https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C']],
    ['https://a.example https://b.example', ['https://a.example/', 'https://b.example/']],
    ['HTTPS://EXAMPLE.ORG', ['https://example.org/']],
    ['https://evil.example/\u202Emoc.knab//:sptth', ['https://evil.example/']],
    ['https://evil.example/\u2067x', ['https://evil.example/']],
  ])('%s leads to %j', (text, hrefs) => {
    expect(linksIn(text)).toEqual(hrefs);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt://example.org/%0Aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'https://bank.example@evil.example',
    'http://',
    'no link here',
  ])('%s stays text', (text) => {
    expect(linksIn(text)).toEqual([]);
    expect(
      partsOf(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });

  it('are found in a long text of brackets at once', () => {
    const text = `https://example.org/${'('.repeat(1000)}${')'.repeat(900)}`;
    expect(partsOf(text)).toHaveLength(1);
  });
});
