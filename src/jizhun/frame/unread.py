"""What was sent and is not read, because it is too much or broken: said in a sentence, as all that is refused."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jizhun.kernel.bilingual import Bilingual

TOO_MANY = Bilingual("提交的栏目太多，没有读取；请分几次提交，或改用文件。",
                     "So many fields were sent that they were not read: send them in parts, or as a file.")
TOO_LARGE = Bilingual("提交的内容太大，没有读取；请分几次提交，或改用文件。",
                      "So much was sent that it was not read: send it in parts, or as a file.")
BROKEN = Bilingual("提交的内容不完整，无法读取。", "What was sent is broken and cannot be read.")


def too_much(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that nobody could read."""
    sentence = TOO_MANY if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)) else \
        TOO_LARGE if isinstance(exception, RequestDataTooBig) else BROKEN
    return render(request, "refused.html", {"sentence": sentence}, status=400)
