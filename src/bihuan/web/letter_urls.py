"""Addresses of letters and their register."""

from django.urls import URLPattern, URLResolver, path

from bihuan.web.views import letter_forms, letters, letters_bulk

urlpatterns: list[URLPattern | URLResolver] = [
    path("letters/", letters.register_page, name="letters"),
    path("letters/export/", letters.export, name="letters-export"),
    path("letters/forms/", letter_forms.forms, name="letter-forms"),
    path("letters/forms/<slug:institution>/<slug:key>/", letter_forms.form, name="letter-form"),
    path(
        "letters/forms/<slug:institution>/<slug:key>/template/",
        letter_forms.template,
        name="letter-template",
    ),
    path("letters/year/<slug:institution>/<slug:key>/", letters.new_of_year, name="letter-year"),
    path("letters/free/", letters.new_free, name="letter-free"),
    path("letters/runs/<int:pk>/", letters_bulk.run, name="letter-run"),
    path("letters/runs/<int:pk>/zip/", letters_bulk.run_zip, name="letter-run-zip"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/issue/", letters.issue, name="letter-issue"),
    path("letters/<int:pk>/void/", letters.void, name="letter-void"),
    path("letters/<int:pk>/discard/", letters.discard, name="letter-discard"),
    path("letters/<int:pk>/file/<slug:kind>/", letters.file, name="letter-file"),
    path("m/<int:pk>/letters/", letters.of_matter, name="matter-letters"),
    path("m/<int:pk>/letters/<slug:key>/", letters.new, name="letter-new"),
    path("l/<slug:institution>/letters/<slug:key>/", letters_bulk.bulk_page, name="letter-bulk"),
]
