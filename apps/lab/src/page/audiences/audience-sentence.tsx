/** Conditions as a sentence, with names and values set apart from the words between them. */
import type { ComponentChildren, JSX } from 'preact';
import type { Project } from '../lab/project.ts';
import type { ConditionTree } from '../lab/wire-datafile.ts';
import { formatPhrase, type Phrase, phraseOf, phraseOfAudience } from './condition-text.ts';

interface AudienceSentenceProps {
  readonly tree: ConditionTree;
  readonly project: Project;
}

export function AudienceSentence({ tree, project }: AudienceSentenceProps): JSX.Element {
  return <PhraseText phrase={phraseOf(tree)} project={project} isNested={false} />;
}

/** The conditions of an audience itself. */
export function ConditionsSentence({ tree, project }: AudienceSentenceProps): JSX.Element {
  return <PhraseText phrase={phraseOfAudience(tree)} project={project} isNested={false} />;
}

function PhraseText(props: { phrase: Phrase; project: Project; isNested: boolean }): JSX.Element {
  const { phrase, project, isNested } = props;
  switch (phrase.kind) {
    case 'everyone':
      return <b>everyone</b>;
    case 'no-conditions':
      return <b>no user: it has no conditions</b>;
    case 'audience': {
      const audience = project.audiences.find(({ id }) => id === phrase.id);
      if (audience === undefined) return <b>an unknown audience ({phrase.id})</b>;
      const conditions = formatPhrase(phraseOfAudience(audience.conditions), (id) => id);
      return <b title={conditions}>{audience.name}</b>;
    }
    case 'condition':
      return (
        <>
          <code>{phrase.subject}</code> {phrase.verb}
          {phrase.object === '' ? '' : <> {<code>{phrase.object}</code>}</>}
        </>
      );
    case 'not':
      return (
        <>
          not <PhraseText phrase={phrase.of} project={project} isNested />
        </>
      );
    case 'group': {
      const parts: ComponentChildren[] = phrase.phrases.map((part, index) => (
        // A position is what tells the parts apart: two may read the same.
        <span key={`${index}/${part.kind}`}>
          {index > 0 ? ` ${phrase.joiner} ` : ''}
          <PhraseText phrase={part} project={project} isNested />
        </span>
      ));
      return (
        <span>
          {isNested ? '(' : ''}
          {parts}
          {isNested ? ')' : ''}
        </span>
      );
    }
  }
}
