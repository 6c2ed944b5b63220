/** Names that contain markup, scripts and control characters. */
export const HOSTILE_NAMES = [
  '</script><script>alert("x")</script>',
  "<img src=x onerror=alert(1)>",
  "\"' onload='alert(1)' x=\"",
  "]]></svg><svg onload=alert(1)>",
  'n1"]; click n1 "javascript:alert(1)"',
  "%%{init: {'securityLevel': 'loose'}}%%",
  "a\nclick n1 call alert()",
  "&lt;script&gt;&amp;",
  "\u0000\u0008\ud800 \u202egnp.exe",
  "-->|x| end",
];
