"""A test mail: sent at once through the configured server, with its answer word for word or the error in words."""

import contextlib
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from reports.delivery import SmtpBackend

MOST_SECONDS = 10
# Of one answer of the server: the whole must end before the person's patience does.
ANSWER_SECONDS = 8
SMTP = "django.core.mail.backends.smtp.EmailBackend"
SUBJECT = "Thư thử của Cổng theo dõi kế hoạch"
TEXT = """Đây là thư thử do quản trị hệ thống gửi từ {site}.

Nhận được thư này nghĩa là Cổng theo dõi kế hoạch gửi thư được. Không cần trả lời.
"""


@dataclass(frozen=True)
class Outcome:
    """Whether the mail left; `answer` is the server's, `advice` what to check where it did not."""

    has_left: bool
    answer: str
    advice: str = ""


def try_to_send(address: str) -> Outcome:
    """Send a test mail to an address and return how it went, after 10 s at most."""
    # A thread that goes on after that ends by the timeouts of its connection; it writes nothing.
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        return executor.submit(_send, address).result(timeout=MOST_SECONDS)
    except TookTooLong:
        return Outcome(False, "", _advice(TimeoutError()))
    finally:
        executor.shutdown(wait=False)


def _send(address: str) -> Outcome:
    message = EmailMessage(SUBJECT, TEXT.format(site=settings.SITE_URL), to=[address])
    connection = get_connection()
    if settings.EMAIL_BACKEND == SMTP:
        connection = SmtpBackend(None)
        connection.timeout = ANSWER_SECONDS
    try:
        connection.open()
        connection.send_messages([message])
        return Outcome(True, getattr(connection, "last_answer", ""))
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(False, _said(error), _advice(error))
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def _said(error: Exception) -> str:
    """Return what the server, or the machine, said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error)


def _text(words: bytes | str) -> str:
    return (words.decode(errors="replace") if isinstance(words, bytes) else words).replace("\0", "")


def _advice(error: Exception) -> str:
    """Say what went wrong and what to look at: name, port, encryption, login."""
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    for kinds, words in (
        (
            smtplib.SMTPAuthenticationError,
            "Máy chủ thư không nhận tên đăng nhập hoặc mật khẩu. Hãy kiểm tra phần tên:mật-khẩu trong EMAIL_URL (ký "
            "tự đặc biệt phải viết dạng %40), và hộp thư có cho phép gửi qua SMTP không.",
        ),
        (
            smtplib.SMTPSenderRefused,
            f"Máy chủ thư không cho gửi dưới tên {settings.DEFAULT_FROM_EMAIL}. Hãy đặt DEFAULT_FROM_EMAIL là địa "
            "chỉ của hộp thư đăng nhập.",
        ),
        (
            smtplib.SMTPRecipientsRefused,
            "Máy chủ thư không nhận địa chỉ người nhận. Hãy kiểm tra địa chỉ vừa điền; nếu đúng, hỏi người giữ máy "
            "chủ thư vì sao không chuyển tiếp.",
        ),
        (
            smtplib.SMTPNotSupportedError,
            "Máy chủ thư không có mã hóa hoặc cách đăng nhập được yêu cầu. Hãy thử smtp+tls ở cổng 587 hoặc "
            "smtp+ssl ở cổng 465 trong EMAIL_URL.",
        ),
        (
            smtplib.SMTPServerDisconnected,
            f"Máy chủ thư ngắt kết nối ở cổng {port}. Thường do chọn sai mã hóa: cổng 465 dùng smtp+ssl, cổng 587 "
            "dùng smtp+tls.",
        ),
        (
            smtplib.SMTPException,
            "Máy chủ thư từ chối. Hãy đọc câu trả lời ở trên, hoặc đưa cho người giữ máy chủ thư.",
        ),
        (
            ssl.SSLCertVerificationError,
            f"Chứng thư số của {host} không đúng tên hoặc không được tin cậy. Hãy kiểm tra tên máy chủ trong "
            "EMAIL_URL có đúng tên trên chứng thư không.",
        ),
        (
            ssl.SSLError,
            f"Không mã hóa được ở cổng {port}. Hãy đổi cách mã hóa trong EMAIL_URL: smtp+ssl cho cổng 465, smtp+tls "
            "cho cổng 587.",
        ),
        (
            socket.gaierror,
            f"Không tìm thấy máy chủ tên “{host}”. Hãy kiểm tra tên máy chủ trong EMAIL_URL và mạng của máy.",
        ),
        (
            ConnectionRefusedError,
            f"Máy {host} không nhận kết nối ở cổng {port}. Hãy kiểm tra cổng trong EMAIL_URL (587, 465 hoặc 25).",
        ),
        (
            TimeoutError,
            f"Máy chủ thư {host} không trả lời ở cổng {port} trong {MOST_SECONDS} giây. Hãy kiểm tra tên, cổng, và "
            "tường lửa có cho máy này ra cổng đó không.",
        ),
    ):
        if isinstance(error, kinds):
            return words
    return f"Không nối được tới {host}, cổng {port}. Hãy kiểm tra mạng của máy và EMAIL_URL."
