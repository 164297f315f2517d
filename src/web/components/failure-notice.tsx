import type { Failure } from '../guest-login.ts';
import { type Messages, useMessages } from '../i18n/messages.ts';
import { Notice } from './notice.tsx';

/** A refusal of the server, or the lack of an answer, in words. */
export function FailureNotice({ failure }: { failure: Failure }) {
  const { title, text } = failureText(failure, useMessages());
  return <Notice title={title} text={text} tone="danger" />;
}

export function failureText({ code, retryAfterMs }: Failure, t: Messages): { title: string; text: string } {
  if (code === 'rate_limited') {
    return t.failure.rateLimited(t.seconds(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  }
  return isFailureWord(code, t) ? t.failure[code] : t.failure.unknown;
}

type FailureWord = Exclude<keyof Messages['failure'], 'rateLimited'>;

function isFailureWord(code: string, t: Messages): code is FailureWord {
  return code !== 'rateLimited' && Object.hasOwn(t.failure, code);
}
