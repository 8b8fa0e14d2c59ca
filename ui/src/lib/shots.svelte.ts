// The shot lists, asked for once: what a photograph shows, and which views a unit lacks.
import { lang } from '../i18n/index.svelte';
import { call } from '../ipc/client';
import type { Category } from '../ipc/gen/Category';
import type { Photo } from '../ipc/gen/Photo';
import type { Shot } from '../ipc/gen/Shot';
import type { ShotList } from '../ipc/gen/ShotList';

let lists = $state.raw<ShotList[]>([]);
let asked = false;

/** Every list; empty until the first answer. */
export function shotLists(): ShotList[] {
  if (!asked) {
    asked = true;
    call('shoot.lists', {}).then(
      (answer) => (lists = answer.lists),
      () => (asked = false)
    );
  }
  return lists;
}

/** The views of a category, in the order they are taken. */
export const shotsOf = (category: Category): Shot[] => shotLists().find((l) => l.category === category)?.shots ?? [];

/** The word of a view in the person's language. */
export const shotWord = (s: Shot): string => (lang() === 'zh' ? s.zh : s.en);

/** What a photograph shows, or an empty text. A view of another category's list has its name from there. */
export function shotName(category: Category, id: string): string {
  if (id === '') return '';
  const found =
    shotsOf(category).find((s) => s.id === id) ??
    shotLists()
      .flatMap((l) => l.shots)
      .find((s) => s.id === id);
  return found ? shotWord(found) : '';
}

/** Required views no photograph shows, in list order. */
export const lackedShots = (category: Category, photos: readonly Pick<Photo, 'shot'>[]): Shot[] =>
  shotsOf(category).filter((s) => s.required && !photos.some((p) => p.shot === s.id));
