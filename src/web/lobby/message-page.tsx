import type { ComponentChildren } from 'preact';
import { wordsFor } from '../components/failure-notice.tsx';
import { Logo } from '../components/logo.tsx';
import type { Failure } from '../guest-login.ts';
import { useMessages } from '../i18n/messages.ts';
import { useArrival } from '../use-view-heading.ts';

interface BetweenProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
  readonly onHome?: () => void;
}

/** A page with a single message, before or after a call. */
export function Between({ title, text, children, onHome }: BetweenProps) {
  const heading = useArrival<HTMLHeadingElement>(title);
  return (
    <div class="between">
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

export function LookingView() {
  const t = useMessages();
  return (
    <div class="between">
      <header class="bar">
        <Logo />
      </header>
      <main aria-busy="true">
        <h1 class="visually-hidden">{t.product}</h1>
        <p class="looking" role="status">
          <span class="spinner" />
          {t.lobby.looking}
        </p>
      </main>
    </div>
  );
}

interface UnfoundViewProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onHome: () => void;
}

export function UnfoundView({ failure, onRetry, onHome }: UnfoundViewProps) {
  const t = useMessages();
  return (
    <Between {...wordsFor(failure, t)} onHome={onHome}>
      <div class="choices">
        <button type="button" class="button large" onClick={onRetry}>
          {t.lobby.tryAgain}
        </button>
        <button type="button" class="button large quiet" onClick={onHome}>
          {t.lobby.home}
        </button>
      </div>
    </Between>
  );
}
