import { weightOf } from './accept.ts';
import type { File } from './files.ts';
import { type Files, generated, PAGE } from './files.ts';

/** What the page must know before it asks the server. */
export interface PageSettings {
  /** Who may register. */
  readonly registration: 'open' | 'invite' | 'closed';
  /** Whether people may come as guests. */
  readonly guests: boolean;
  /** What people call the OpenID provider; undefined if there is none. */
  readonly oidcName?: string | undefined;
  /** Who may create rooms. */
  readonly roomCreation: 'everyone' | 'users' | 'services';
  /** Sites that may frame calls: origins, maybe `https://*.example.org`. */
  readonly embedOrigins: readonly string[];
}

/** Returns the page with its settings as attributes of `<html>`. */
export function withSettings(
  html: string,
  { registration, guests, oidcName, roomCreation, embedOrigins }: PageSettings,
): string {
  const attributes = {
    'data-registration': registration,
    'data-guests': guests ? 'on' : 'off',
    'data-room-creation': roomCreation,
    ...(embedOrigins.length === 0 ? {} : { 'data-embed-origins': embedOrigins.join(' ') }),
    ...(oidcName === undefined ? {} : { 'data-oidc-name': oidcName }),
  };
  const text = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  // A function, because `$` in a replacement text has a meaning.
  return html.replace(/<html\b/i, (tag) => tag + text.join(''));
}

/** What link previews show of a call. */
export interface Preview {
  /** The call's name; null unless everybody with the link may know it. */
  readonly name: string | null;
  readonly url: string;
}

/** Returns the page with `og:` tags for link previews (ogp.me); undefined if the page isn't built. */
export function pageWithPreview(files: Files, { name, url }: Preview): File | undefined {
  const page = files.get(PAGE);
  if (page === undefined) return undefined;
  const tags = [
    ['og:type', 'website'],
    ['og:site_name', 'Parley'],
    ['og:title', name ?? 'Join the call'],
    ['og:description', 'Open the link to join the call in your browser.'],
    ['og:url', url],
    ['og:image', new URL('/assets/icon-512.png', url).href],
  ].map(([property = '', content = '']) => `<meta property="${property}" content="${escaped(content)}" />`);
  const html = Buffer.from(page.bytes('identity')).toString();
  const [before, ...after] = html.split('</title>');
  return generated(page.type, [`${before}</title>${tags.join('')}`, ...after].join('</title>'));
}

const NOT_FOUND = {
  en: {
    title: 'Nothing here – Parley',
    heading: 'There is nothing at this address',
    text: 'The link may be incomplete or out of date.',
    home: 'Go to the start page',
  },
  ru: {
    title: 'Ничего нет – Parley',
    heading: 'По этому адресу ничего нет',
    text: 'Возможно, ссылка неполная или устарела.',
    home: 'На главную',
  },
} as const;

const SIGN_IN_TROUBLE = {
  en: {
    title: 'Sign-in is not available – Parley',
    heading: 'Sign-in is not available right now',
    text: 'The service at which you sign in can’t be reached. Try again in a few minutes.',
    again: 'Try again',
    back: 'Go back without signing in',
  },
  ru: {
    title: 'Вход недоступен – Parley',
    heading: 'Войти сейчас не получится',
    text: 'Сервис, через который вы входите, не отвечает. Попробуйте ещё раз через несколько минут.',
    again: 'Попробовать ещё раз',
    back: 'Вернуться без входа',
  },
} as const;

type Language = 'en' | 'ru';

/** Returns the 404 page, with a way home [HT5]. @param languages the Accept-Language header, '' if there is none */
export function notFoundPage(files: Files, languages: string): string {
  const language = languageOf(languages);
  const { home, ...texts } = NOT_FOUND[language];
  return plainPage(files, language, { ...texts, links: [['/', home]] });
}

/**
 * Returns the page for a person whose sign-in can't begin [TK6].
 * @param languages as in `notFoundPage`
 * @param links where the person can go, as paths of this server
 */
export function signInTroublePage(
  files: Files,
  languages: string,
  links: { readonly again: string; readonly back: string },
): string {
  const language = languageOf(languages);
  const { again, back, ...texts } = SIGN_IN_TROUBLE[language];
  return plainPage(files, language, {
    ...texts,
    links: [
      [links.again, again],
      [links.back, back],
    ],
  });
}

function languageOf(languages: string): Language {
  const ru = weightOf(languages, 'ru');
  return ru > 0 && ru >= weightOf(languages, 'en') ? 'ru' : 'en';
}

interface PlainPage {
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  readonly links: readonly (readonly [path: string, text: string])[];
}

/** Returns a page without scripts, in the style of the built page. */
function plainPage(files: Files, language: Language, { title, heading, text, links }: PlainPage): string {
  const style = styleOf(files);
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8" />`,
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    '<meta name="color-scheme" content="light dark" />',
    `<title>${title}</title>`,
    style === undefined ? '' : `<link rel="stylesheet" href="${escaped(style)}" />`,
    `</head><body><main><h1>${heading}</h1><p>${text}</p>`,
    ...links.map(([path, label]) => `<p><a href="${escaped(path)}">${label}</a></p>`),
    '</main></body></html>\n',
  ].join('');
}

/** The style sheet that the page links; those of its later parts are others. */
function styleOf(files: Files): string | undefined {
  const page = Buffer.from(files.get(PAGE)?.bytes('identity') ?? []).toString();
  return /<link [^>]*href="([^"]+\.css)"/.exec(page)?.[1];
}

/** Escapes text for HTML content and double-quoted attributes. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
