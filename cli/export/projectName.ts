const PROJECT_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/** @throws Error that says what a project may be called. */
export function checkProjectName(project: string): string {
  if (PROJECT_NAME.test(project)) return project;
  throw new Error(
    `${JSON.stringify(project)} can't be the name of a Pulumi project: give one of letters, digits, "-", "_" and "." with --project`,
  );
}
