import type { ComponentChildren } from 'preact';
import { Logo } from '../components/logo.tsx';
import type { Failure } from '../failure.ts';
import { failureText } from '../failure.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { useViewHeading } from '../use-view-heading.ts';

interface MessagePageProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
  readonly onHome?: (() => void) | undefined;
}

/** A page with one message and its buttons, before or after a call. */
export function MessagePage({ title, text, children, onHome }: MessagePageProps) {
  const heading = useViewHeading<HTMLHeadingElement>(title);
  return (
    <div class="message-page">
      <header class="bar">
        <Logo onClick={onHome} />
      </header>
      <main>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p>{text}</p>
        {children}
      </main>
    </div>
  );
}

/** @param text what the person waits for */
export function LoadingView({ text }: { text: string }) {
  const t = useMessages();
  return (
    <div class="message-page">
      <header class="bar">
        <Logo />
      </header>
      <main aria-busy="true">
        <h1 class="visually-hidden">{t.product}</h1>
        <p class="loading" role="status">
          <span class="spinner" />
          {text}
        </p>
      </main>
    </div>
  );
}

interface LookupFailedViewProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onHome: (() => void) | undefined;
}

export function LookupFailedView({ failure, onRetry, onHome }: LookupFailedViewProps) {
  const t = useMessages();
  const { login } = usePage();
  return (
    <MessagePage {...failureText(failure, t, login.site.value !== null)} onHome={onHome}>
      <div class="choices">
        <button type="button" class="button large" onClick={onRetry}>
          {t.lobby.tryAgain}
        </button>
        {onHome !== undefined && (
          <button type="button" class="button large quiet" onClick={onHome}>
            {t.lobby.home}
          </button>
        )}
      </div>
    </MessagePage>
  );
}
