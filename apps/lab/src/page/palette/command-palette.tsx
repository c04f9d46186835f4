/** The palette: Ctrl+K, a few letters, Enter. Everything of the lab by keyboard, from everywhere. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { useLab } from '../lab/lab-session.ts';
import { type PaletteEntry, paletteEntries, searchEntries } from './palette-entries.ts';

export function CommandPalette(): JSX.Element {
  const isOpen = useSignal(false);
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      // A dialog that is open keeps what was typed into it.
      if (document.querySelector('dialog[open]') === null) isOpen.value = true;
    };
    addEventListener('keydown', open);
    return () => removeEventListener('keydown', open);
  }, [isOpen]);
  return (
    <>
      <button
        type="button"
        class="palette-button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        <span>Go to …</span>
        <kbd>Ctrl K</kbd>
      </button>
      {isOpen.value && (
        <Palette
          close={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function Palette({ close }: { close: () => void }): JSX.Element {
  const { project } = useLab();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useSignal('');
  const place = useSignal(0);
  const entries = useMemo(() => paletteEntries(project.value), [project.value]);
  const found = searchEntries(entries, text.value);
  const current = Math.min(place.value, found.length - 1);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  useEffect(() => {
    document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, current]);
  const take = ({ action }: PaletteEntry) => {
    dialog.current?.close();
    if (typeof action === 'string') location.hash = action;
    else action();
  };
  const steer = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const entry = found[current];
    if (by !== 0 && found.length > 0) {
      event.preventDefault();
      place.value = (current + by + found.length) % found.length;
    } else if (event.key === 'Enter' && entry !== undefined) {
      event.preventDefault();
      take(entry);
    }
  };
  return (
    <dialog ref={dialog} class="palette" aria-label="Go to" onClose={close}>
      <input
        type="text"
        role="combobox"
        aria-label="Go to a view, a flag, a rule, an audience or a user"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
        placeholder="A view, flag, rule, audience, user …"
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          place.value = 0;
        }}
        onKeyDown={steer}
      />
      <div role="listbox" id={`${id}-list`} aria-label="Found" class="palette-list" tabIndex={-1}>
        {found.map((entry, index) => (
          // The field keeps the focus and steers; a pointer may choose too.
          <div
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            class="palette-entry"
            onClick={() => take(entry)}
            onKeyDown={steer}
          >
            <span class="palette-title">{entry.title}</span>
            <span class="small soft">{entry.kind}</span>
          </div>
        ))}
      </div>
    </dialog>
  );
}
