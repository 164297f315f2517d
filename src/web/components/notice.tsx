import type { ComponentChildren } from 'preact';
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
