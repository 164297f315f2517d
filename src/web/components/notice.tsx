import type { ComponentChildren } from 'preact';
import { type Failure, failureText } from '../failure.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { Icon } from './icon.tsx';

interface NoticeProps {
  readonly title: string;
  readonly text: string;
  readonly tone?: 'warn' | 'danger';
  readonly children?: ComponentChildren;
}

/** A message in the page: what went wrong and what to do about it. */
export function Notice({ title, text, tone = 'warn', children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role="alert">
      <Icon name="alert" />
      <div>
        <strong>{title}</strong>
        {text}
        {children}
      </div>
    </div>
  );
}

/** Explains a refusal by the server, or that it can't be reached. */
export function FailureNotice({ failure }: { failure: Failure }) {
  const { login } = usePage();
  const { title, text } = failureText(failure, useMessages(), login.site.value !== null);
  return <Notice title={title} text={text} tone="danger" />;
}
