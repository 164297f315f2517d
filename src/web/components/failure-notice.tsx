import { type Failure, failureText } from '../failure.ts';
import { useMessages } from '../i18n/messages.ts';
import { Notice } from './notice.tsx';

/** Explains a refusal by the server, or that it can't be reached. */
export function FailureNotice({ failure }: { failure: Failure }) {
  const { title, text } = failureText(failure, useMessages());
  return <Notice title={title} text={text} tone="danger" />;
}
