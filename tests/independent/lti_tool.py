"""A tool made of `PyLTI1p3`, for the demonstration LMS under test.

At a launch it does what tools do: reads the column, posts a score, reads the results, the columns and
the people, and answers with what it understood, as JSON. A launch for deep linking picks one activity.
"""

import argparse
import json
import logging
import sys
import traceback
from datetime import datetime, timezone

from flask import Flask, Response, jsonify
from jwcrypto.jwk import JWK
from pylti1p3.contrib.flask import FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem
from pylti1p3.tool_config import ToolConfDict
from werkzeug.serving import make_server

app = Flask(__name__)
app.secret_key = "for these tests alone"
setup = {}


def configuration():
    return setup["configuration"]


@app.route("/lti/login", methods=["GET", "POST"])
def login():
    request = FlaskRequest()
    begun = FlaskOIDCLogin(request, configuration())
    return begun.redirect(request.get_param("target_link_uri"))


@app.post("/lti/launch")
def launch():
    try:
        message = FlaskMessageLaunch(FlaskRequest(), configuration()).validate()
        if message.is_deep_link_launch():
            return pick(message)
        return jsonify(work(message))
    except Exception:
        return Response(traceback.format_exc(), status=500, mimetype="text/plain")


@app.get("/.well-known/jwks.json")
def key_set():
    return jsonify(configuration().get_jwks())


def is_learner(data):
    """The library takes everyone whom Canvas calls a user of the system for a student."""
    roles = data["https://purl.imsglobal.org/spec/lti/claim/roles"]
    return any(role.endswith("/membership#Learner") for role in roles)


def work(message):
    data = message.get_launch_data()
    said = {
        "subject": data["sub"],
        "student": message.check_student_access() and is_learner(data),
        "teacher": message.check_teacher_access(),
        "custom": data.get("https://purl.imsglobal.org/spec/lti/claim/custom", {}),
        "has_ags": message.has_ags(),
        "has_nrps": message.has_nrps(),
    }
    if message.has_nrps():
        said["members"] = message.get_nrps().get_members()
    if message.has_ags():
        ags = message.get_ags()
        said["line_items"] = ags.get_lineitems()
        if said["student"] and ags.can_put_grade():
            column = ags.get_lineitem()
            said["column"] = json.loads(column.get_value())
            grade = (
                Grade()
                .set_score_given(83)
                .set_score_maximum(100)
                .set_timestamp(datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00"))
                .set_activity_progress("Completed")
                .set_grading_progress("FullyGraded")
                .set_comment("Read by someone else")
                .set_user_id(data["sub"])
            )
            ags.put_grade(grade, column)
            said["results"] = ags.get_grades(column)
    return said


def pick(message):
    item = (
        DeepLinkResource()
        .set_url(setup["url"] + "lti/launch")
        .set_title("Picked by someone else")
        .set_custom_params({"picked": "yes"})
        .set_lineitem(
            LineItem()
            .set_label("Picked")
            .set_score_maximum(20)
            .set_resource_id("picked-1")
            .set_tag("picked")
        )
    )
    return message.get_deep_link().output_response_form([item])


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    for name in ("issuer", "client-id", "auth-url", "token-url", "jwks-url"):
        parser.add_argument("--" + name, required=True)
    options = parser.parse_args()
    setup["url"] = f"http://localhost:{options.port}/"
    setup["configuration"] = ToolConfDict(
        {
            options.issuer: [
                {
                    "default": True,
                    "client_id": options.client_id,
                    "auth_login_url": options.auth_url,
                    "auth_token_url": options.token_url,
                    "auth_audience": None,
                    "key_set_url": options.jwks_url,
                    "key_set": None,
                    "deployment_ids": ["1"],
                }
            ]
        }
    )
    key = JWK.generate(kty="RSA", size=2048)
    for set_key, pem in (
        (configuration().set_public_key, key.export_to_pem()),
        (configuration().set_private_key, key.export_to_pem(private_key=True, password=None)),
    ):
        set_key(options.issuer, pem.decode(), client_id=options.client_id)
    server = make_server("127.0.0.1", options.port, app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
