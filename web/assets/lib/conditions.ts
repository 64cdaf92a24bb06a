// Which questions of a form are asked, given what was answered so far; the server decides the same again.

export interface Asked {
  name: string;
  /** The field that it hangs on, and the value that it must have; empty where it is always asked. */
  on: string;
  is: string;
}

/** The names of the questions that are asked, in their order; one that hangs on a hidden one is hidden too. */
export function asked(questions: Asked[], answers: (name: string) => string[]): Set<string> {
  const shown = new Set<string>();
  for (const each of questions) {
    if (each.on === "" || (shown.has(each.on) && answers(each.on).includes(each.is))) shown.add(each.name);
  }
  return shown;
}
