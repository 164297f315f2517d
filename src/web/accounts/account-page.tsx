import type { ComponentChildren } from 'preact';
import { AccountCorner } from '../components/account-corner.tsx';
import { Logo } from '../components/logo.tsx';
import { usePage } from '../page-context.ts';
import { HOME } from '../routes.ts';
import { useViewHeading } from '../use-view-heading.ts';

interface AccountPageProps {
  /** The document's title. */
  readonly title: string;
  readonly headline: string;
  readonly intro?: string | undefined;
  /** A form alone is narrow; sections have their titles beside them. */
  readonly layout?: 'form' | 'sections';
  /** Shown above the heading. */
  readonly notice?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of the account pages: a header, a heading, and a column. */
export function AccountPage({ title, headline, intro, layout = 'form', ...rest }: AccountPageProps) {
  const { navigation } = usePage();
  const heading = useViewHeading<HTMLHeadingElement>(title);
  return (
    <div class="account-page" data-layout={layout}>
      <header class="bar">
        <Logo onClick={() => navigation.go(HOME)} />
        <AccountCorner />
      </header>
      <main>
        {rest.notice}
        <div class="intro">
          <h1 ref={heading} tabIndex={-1}>
            {headline}
          </h1>
          {intro !== undefined && <p class="soft">{intro}</p>}
        </div>
        {rest.children}
      </main>
    </div>
  );
}
