/** Copies a text, and says that it did. */
import type { JSX } from 'preact';
import { useLab } from '../lab/lab-session.ts';

export function CopyButton({ label, text }: { label: string; text: () => string }): JSX.Element {
  const { notice } = useLab();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      notice.value = { tone: 'good', text: `${label} is in the clipboard.` };
    } catch {
      notice.value = { tone: 'bad', text: 'This browser does not let the page copy.' };
    }
  };
  return (
    <button type="button" onClick={copy}>
      {label}
    </button>
  );
}
